// The bytes of a live process: /proc/PID/mem.
import { readSync } from 'node:fs';
import type { Interval } from '../formats/intervals.ts';
import type { Address } from '../model/address.ts';
import { processError } from './access-error.ts';
import type { LiveProcess } from './live-process.ts';

export interface MemoryReader {
  /** Fills all of `into`; what cannot be read becomes zero and is remembered. Throws when the process has ended. */
  read(address: Address, into: Uint8Array): void;
  /** The first bytes at an address, as many as can be read. */
  readonly peek: (address: Address, size: number) => Uint8Array;
  /** What could not be read so far, in the order in which it was asked for. */
  unread(): readonly Interval[];
}

/** Pages are never smaller; what follows an unreadable one may be readable again. */
const stepSize = 4096;

/** @param descriptor of /proc/PID/mem */
export function createMemoryReader({ id }: LiveProcess, descriptor: number): MemoryReader {
  const holes: { start: Address; end: Address }[] = [];

  function addHole(start: Address, end: Address): void {
    const last = holes.at(-1);
    if (last?.end === start) last.end = end;
    else holes.push({ start, end });
  }

  return {
    read(address, into) {
      for (let done = 0; done < into.length; ) {
        const got = tryRead(descriptor, into, done, address + done);
        if (got === 0) throw processError(id, 'it ended while it was captured', 'Nothing of the dump was kept.');
        if (got !== undefined) {
          done += got;
          continue;
        }
        const size = Math.min(stepSize - ((address + done) % stepSize), into.length - done);
        into.fill(0, done, done + size);
        addHole(address + done, address + done + size);
        done += size;
      }
    },
    peek(address, size) {
      const bytes = new Uint8Array(size);
      return bytes.subarray(0, tryRead(descriptor, bytes, 0, address) ?? 0);
    },
    unread: () => holes,
  };
}

/** Undefined where nothing can be read: unmapped meanwhile, beyond the end of its file, guarded. */
function tryRead(descriptor: number, into: Uint8Array, offset: number, address: Address): number | undefined {
  try {
    return readSync(descriptor, into, offset, into.length - offset, address);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EIO' || code === 'EFAULT') return undefined;
    throw error;
  }
}
