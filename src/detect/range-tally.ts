// Adds up live and free bytes per track while a heap is walked.
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';

/** Live and free bytes of blocks by the track they stand in; one dump's. */
export interface RangeTally {
  add(address: Address, size: number, live: boolean): void;
  /** Per track, in the order of the ranges given; NaN-free: 0 where nothing was walked. */
  readonly liveBytes: Float64Array;
  readonly freeBytes: Float64Array;
  /** Whether any block was seen there. */
  readonly isWalked: Uint8Array;
}

/** @param ranges sorted by start; a block counts for the last range that starts at or below it and holds it */
export function newRangeTally(ranges: readonly { readonly start: Address; readonly end: Address }[]): RangeTally {
  const liveBytes = new Float64Array(ranges.length);
  const freeBytes = new Float64Array(ranges.length);
  const isWalked = new Uint8Array(ranges.length);
  let last = 0;
  return {
    liveBytes,
    freeBytes,
    isWalked,
    add(address, size, live) {
      const hit = ranges[last];
      if (!hit || address < hit.start || address >= hit.end) {
        last = lastStartingAtOrBelow(ranges, address);
        if (last < 0 || address >= ranges[last]!.end) {
          last = Math.max(0, last);
          return;
        }
      }
      isWalked[last] = 1;
      if (live) liveBytes[last]! += size;
      else freeBytes[last]! += size;
    },
  };
}
