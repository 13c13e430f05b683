// Adds up live and free bytes per track while a heap is walked.
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Track } from '../model/track.ts';

/** Live and free bytes of blocks by the track they stand in; one dump's. */
export interface RangeTally {
  add(address: Address, size: number, live: boolean): void;
  /** Per track, in their order; NaN-free: 0 where nothing was walked. */
  readonly liveBytes: Float64Array;
  readonly freeBytes: Float64Array;
  /** Whether any block was seen there. */
  readonly isWalked: Uint8Array;
}

/** @param dump index of the one whose blocks are added; a block counts for the last track that starts at or below it and holds it */
export function newRangeTally(tracks: readonly Track[], dump: number): RangeTally {
  const liveBytes = new Float64Array(tracks.length);
  const freeBytes = new Float64Array(tracks.length);
  const isWalked = new Uint8Array(tracks.length);
  const ranges = rangesIn(tracks, dump);
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
      const { track } = ranges[last]!;
      isWalked[track] = 1;
      if (live) liveBytes[track]! += size;
      else freeBytes[track]! += size;
    },
  };
}

/** Where the tracks stand in that dump, sorted by start. */
function rangesIn(tracks: readonly Track[], dump: number) {
  const ranges: { start: Address; end: Address; track: number }[] = [];
  for (const [track, { presence }] of tracks.entries()) {
    const own = presence[dump];
    if (own) ranges.push({ start: own.start, end: own.end, track });
  }
  return ranges.sort((a, b) => a.start - b.start);
}
