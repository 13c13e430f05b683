// A sample of a dump's words in the kernels' memory, and room beside it to list their tokens.
import { planAddressTable } from '../../kernels/address-table.ts';
import {
  type Kernels,
  type Place,
  type SampleRoom,
  stretchSlack,
  type Table,
  type TokenBuckets,
} from '../../kernels/kernels.ts';
import { openKernels } from '../../kernels/open-kernels.ts';
import { newPlaces } from '../../kernels/take-places.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordHalves } from '../../memory/read-word-halves.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { union } from '../../model/intervals.ts';

/** Consecutive captured words. */
export interface SampleWindow {
  readonly start: Address;
  /** Where they stand in the sample: offsets in bytes. */
  readonly from: number;
  readonly to: number;
}

export interface Sample {
  readonly wordBytes: PointerSize;
  readonly windows: readonly SampleWindow[];
  /** Of all windows, one after the other: halves, the low one first; a word of a 32-bit dump is one half. */
  readonly words: Uint32Array;
  readonly kernels: Kernels;
  readonly into: TokenBuckets;
  /** Room for the ends of buckets, 4 bytes each, and for a byte of each. */
  readonly ends: Place;
  readonly pure: Place;
  /** What is mapped. */
  readonly ranges: Table;
  readonly room: SampleRoom;
  /** Keeps places of tokens, which are as many as tokens of both kinds at most, and those of each split in two once. */
  keep(offsets: Uint32Array): Places;
  /** Offsets of places that have the one before them at exactly a distance. Valid until it is called again. */
  stepsOf(places: Places, distance: number): Uint32Array;
}

/** Where a token stands, as a table in the kernels' memory. */
export interface Places extends Table {
  /** In the sample, in bytes, ascending. */
  readonly offsets: Uint32Array;
}

export interface SampleWriter {
  /**
   * Reads a window of `largestWindow` bytes at most, unless it is too small; returns how many of its bytes are captured
   * without a gap.
   */
  add(start: Address, bytes: number): number;
  finish(): Sample;
}

/** No stride shows in less. */
const smallestWindow = 64;
export const largestWindow = 4 << 20;

/** @param room bytes of all windows together, at most */
export function newSample(memory: Memory, room: number): SampleWriter {
  const { pointerSize: wordBytes, regions } = memory.dump;
  const mapped = planAddressTable(union(regions));
  const mostTokens = Math.ceil(room / wordBytes);
  // Two words to a bucket: most words come once, and few of those end up beside others.
  const bucketCount = 2 ** Math.max(8, Math.ceil(Math.log2(mostTokens / 2)));
  const { take, size } = newPlaces(8);
  const place = take(room + stretchSlack);
  const bucketPlace = take(4 * bucketCount);
  const keys = take(8 * mostTokens);
  const offsets = take(4 * mostTokens);
  const ends = take(4 * bucketCount);
  const pure = take(bucketCount);
  const rangePlace = take(mapped.bytes);
  const windowPlace = take(8 * Math.ceil(room / smallestWindow));
  const counts = take(Math.min(room, largestWindow));
  const steps = take(4 * mostTokens);
  // 4 bytes each; of both kinds, as they are and split.
  let nextKept = take(4 * 2 * 2 * mostTokens);
  const kernels = openKernels(size());
  const { buffer } = kernels;
  const ranges = mapped.write(buffer, rangePlace);
  const windows: SampleWindow[] = [];
  let used = 0;
  return {
    add(start, bytes) {
      const held = memory.capturedBytesFrom(start, bytes);
      const got = Math.min(
        held,
        readWordHalves(memory, start, new Uint32Array(buffer, place + used, Math.ceil(held / 8) * 2)),
      );
      if (got < smallestWindow) return got;
      const from = used;
      used += got - (got % 8);
      windows.push({ start, from, to: used });
      return got;
    },
    finish() {
      const room = { windows: { place: windowPlace, count: windows.length }, counts };
      new Uint32Array(buffer, windowPlace, 2 * windows.length).set(windows.flatMap(({ from, to }) => [from, to]));
      return {
        wordBytes,
        windows,
        words: new Uint32Array(buffer, place, used / 4),
        kernels,
        into: { buckets: { place: bucketPlace, count: bucketCount }, keys, offsets, origin: place },
        ends,
        pure,
        ranges,
        room,
        keep(own) {
          const kept = new Uint32Array(buffer, nextKept, own.length);
          kept.set(own);
          nextKept += kept.byteLength;
          return { place: kept.byteOffset, count: kept.length, offsets: kept };
        },
        stepsOf: (places, distance) => new Uint32Array(buffer, steps, kernels.listSteps(places, distance, room, steps)),
      };
    },
  };
}

/** The window that holds the byte at an offset of the sample. */
export function windowAt(windows: readonly SampleWindow[], offset: number): SampleWindow {
  let low = 0;
  let high = windows.length;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (windows[middle]!.from <= offset) low = middle;
    else high = middle;
  }
  return windows[low]!;
}
