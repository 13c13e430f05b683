// What pages held at the capture before: a digest of each, to tell which of them have changed since.
import { hash } from 'node:crypto';
import type { Address } from '../model/address.ts';

/**
 * Bytes kept of a page's SHA-256. No program can make two pages that share 128 bits of it, so equal digests are equal
 * pages. 4 MiB for a GiB of memory.
 */
const digestSize = 16;

export interface PageDigests {
  readonly pageSize: number;
  /**
   * Keeps the digest of a page; pages come in order of address. True where `before`, that of the capture before, has the
   * same content at this address.
   */
  add(address: Address, page: Uint8Array): boolean;
  /** Undefined where that page was not captured. Addresses come in order. */
  readonly find: (address: Address) => Uint8Array | undefined;
}

/** Pages that follow one another. */
interface DigestRun {
  readonly start: Address;
  end: Address;
  /** Index of its first digest. */
  readonly first: number;
}

export function createPageDigests(pageSize: number, before: PageDigests | undefined): PageDigests {
  const runs: DigestRun[] = [];
  let digests = new Uint8Array(digestSize << 10);
  let count = 0;
  let cursor = 0;

  function keep(address: Address, digest: Uint8Array): void {
    const at = count * digestSize;
    if (at === digests.length) {
      const larger = new Uint8Array(digests.length * 2);
      larger.set(digests);
      digests = larger;
    }
    digests.set(digest, at);
    const last = runs.at(-1);
    if (last?.end === address) last.end += pageSize;
    else runs.push({ start: address, end: address + pageSize, first: count });
    count += 1;
  }

  return {
    pageSize,
    add(address, page) {
      const digest = hash('sha256', page, 'buffer').subarray(0, digestSize);
      keep(address, digest);
      const earlier = before?.find(address);
      return earlier !== undefined && digest.equals(earlier);
    },
    find(address) {
      while (cursor < runs.length && runs[cursor]!.end <= address) cursor += 1;
      const run = runs[cursor];
      if (run === undefined || address < run.start) return undefined;
      const at = (run.first + (address - run.start) / pageSize) * digestSize;
      return digests.subarray(at, at + digestSize);
    },
  };
}
