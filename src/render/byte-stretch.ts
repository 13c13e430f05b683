// What render draws: bytes on end, of a file or of a process, some of which may not be there.
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';

/** Told of bytes that nobody has, as offsets in what was read; `to` is exclusive. */
export type MissingBytes = (from: number, to: number) => void;

/** Bytes on end. */
export interface ByteStretch {
  /** Bytes in all. */
  readonly size: number;
  /** Fills `into` from `offset` on. What is not there is left as it was, and told. */
  read(offset: number, into: Uint8Array, missing: MissingBytes): void;
}

/** All bytes of a file. */
export function wholeFile(source: ByteSource): ByteStretch {
  return {
    size: source.size,
    read(offset, into, missing) {
      const got = source.read(offset, into);
      if (got < into.length) missing(got, into.length);
    },
  };
}

/** The memory of a process from `start` to `end`, exclusive; bytes that the dump does not hold are missing. */
export function memoryStretch(memory: Memory, start: Address, end: Address): ByteStretch {
  const { captured } = memory.dump;
  /** First captured address from `address` on. */
  const nextCaptured = (address: Address): Address => {
    const index = lastStartingAtOrBelow(captured, address);
    const range = captured[index];
    if (range && address < range.start + range.size) return address;
    return captured[index + 1]?.start ?? Number.POSITIVE_INFINITY;
  };
  return {
    size: end - start,
    read(offset, into, missing) {
      for (let at = 0; at < into.length; ) {
        const address = start + offset + at;
        const got = memory.read(address, into.subarray(at));
        at += got;
        if (at === into.length) return;
        // Where the file has become shorter, a byte that should be there is not: at least one is stepped over.
        const next = Math.max(nextCaptured(start + offset + at) - start - offset, at + (got === 0 ? 1 : 0));
        const to = Math.min(into.length, next);
        if (to > at) missing(at, to);
        at = to;
      }
    },
  };
}

/** How many bytes of a range the dump holds. */
export function capturedBytesIn(memory: Memory, start: Address, end: Address): number {
  return memory.dump.captured.reduce((sum, range) => {
    return sum + Math.max(0, Math.min(end, range.start + range.size) - Math.max(start, range.start));
  }, 0);
}
