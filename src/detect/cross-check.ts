// Holds the walk against the stride: blocks of one size side by side must come again at that distance in the bytes.
import type { Memory } from '../memory/memory.ts';
import { type Interval, intersection, union } from '../model/intervals.ts';
import type { Candidate } from './candidates.ts';
import { findPeriods } from './stride/find-strides.ts';
import { sampleGrowth } from './stride/sample-growth.ts';
import type { FoundHeaps } from './walk-heaps.ts';

/** What the bytes alone say of a walked class. */
export interface CrossCheck {
  /** True: the stride shows. False: another one fills most of the growth. Null: no pattern shows, as with random bytes. */
  readonly agrees: boolean | null;
  /** The strides that show, the clearest first. */
  readonly seenStrides: readonly number[];
}

/** A stride that contradicts must fill this much of what was looked at. */
const contradictingShare = 0.5;
const mostSeen = 4;

/**
 * @param grown where the last dump holds something that the first did not
 * @param found heaps of all dumps
 */
export function crossCheck(
  suspects: readonly Candidate[],
  input: { readonly memory: Memory; readonly grown: Iterable<Interval>; readonly found: readonly FoundHeaps[] },
): Map<Candidate, CrossCheck> {
  const walked = suspects.filter((one) => one.sizeClass.method === 'chunk-walk');
  if (walked.length === 0) return new Map();
  const heapRanges = union(input.found.flatMap(({ heaps }) => heaps.at(-1)!.flatMap((heap) => [...heap.ranges])));
  const runs = intersection(union(input.grown), heapRanges);
  const sample = sampleGrowth(input.memory, runs, { count: 16, bytes: 128 << 10, longCount: 1 });
  const periods = findPeriods(sample, 'value');
  const sampledBytes = sample.words.length * 4;
  const clear = periods.filter((period) => period.repeats * period.stride >= contradictingShare * sampledBytes);
  const seenStrides = [...new Set(periods.map((period) => period.stride))].slice(0, mostSeen);
  const strides = walked.map((one) => one.sizeClass.stride);
  return new Map(
    walked.map((one) => {
      const { stride } = one.sizeClass;
      const shows = periods.some((period) => period.stride === stride);
      const isContradicted =
        one.share >= contradictingShare &&
        clear.length > 0 &&
        clear.every((period) => period.stride > stride && !isSumOf(period.stride, strides));
      return [one, { agrees: shows ? true : isContradicted ? false : null, seenStrides }];
    }),
  );
}

/** Blocks in a fixed order repeat at the sum of their strides: whether some of the walked ones add up to this. */
function isSumOf(seen: number, strides: readonly number[]): boolean {
  const granule = 8;
  const reachable = new Uint8Array(Math.floor(seen / granule) + 1);
  reachable[0] = 1;
  for (let size = granule; size <= seen; size += granule) {
    reachable[size / granule] = strides.some((stride) => stride <= size && reachable[(size - stride) / granule] === 1)
      ? 1
      : 0;
  }
  return seen % granule === 0 && reachable[seen / granule] === 1;
}
