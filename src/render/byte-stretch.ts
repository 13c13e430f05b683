// What render draws: bytes on end, of a file or of a process, some of which may not be there.
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { type Interval, intersection, union } from '../model/intervals.ts';
import type { List } from '../model/list.ts';

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

/** Ranges of a process's memory one after the other; bytes that the dump does not hold are missing. */
export function memoryStretch(memory: Memory, ranges: List<Interval>): ByteStretch {
  const pieces: { start: number; range: Interval }[] = [];
  let size = 0;
  for (const range of ranges) {
    pieces.push({ start: size, range });
    size += range.end - range.start;
  }
  return {
    size,
    read(offset, into, missing) {
      let index = lastStartingAtOrBelow(pieces, offset);
      for (let at = 0; at < into.length && index < pieces.length; index++) {
        const { start, range } = pieces[index]!;
        const from = at;
        const address = range.start + offset + from - start;
        at += Math.min(into.length - from, range.end - address);
        readRange(memory, address, into.subarray(from, at), (first, to) => missing(from + first, from + to));
      }
    },
  };
}

function readRange(memory: Memory, start: Address, into: Uint8Array, missing: MissingBytes): void {
  for (let at = 0; at < into.length; ) {
    const got = memory.read(start + at, into.subarray(at));
    at += got;
    if (at === into.length) return;
    // Where the file has become shorter, a byte that should be there is not: at least one is stepped over.
    const next = Math.max(nextCaptured(memory, start + at) - start, at + (got === 0 ? 1 : 0));
    const to = Math.min(into.length, next);
    if (to > at) missing(at, to);
    at = to;
  }
}

/** First captured address from `address` on. */
function nextCaptured({ dump: { captured } }: Memory, address: Address): Address {
  const index = lastStartingAtOrBelow(captured, address);
  const range = index < 0 ? undefined : captured.at(index);
  if (range && address < range.start + range.size) return address;
  return captured.at(index + 1)?.start ?? Number.POSITIVE_INFINITY;
}

/** How many bytes of sorted ranges the dump holds. */
export function capturedBytesIn({ dump }: Memory, ranges: List<Interval>): number {
  const held = union(capturedIntervals(dump.captured));
  return intersection(ranges, held).reduce((sum, { start, end }) => sum + end - start, 0);
}
