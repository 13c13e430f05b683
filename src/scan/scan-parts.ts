// Cuts the tracks into parts that can be scanned apart from each other, in any order and on any thread.
import type { Address } from '../model/address.ts';

/** A stretch of one track. */
export interface TrackStretch {
  /** Index of the track. */
  readonly track: number;
  readonly start: Address;
  readonly end: Address;
}

/** Stretches in order. */
export type ScanPart = readonly TrackStretch[];

/** Large enough that handing it out costs nothing, small enough that no thread waits long for the last one. */
const partBytes = 16 << 20;
/** Tracks may span far more addresses than any file has bytes. */
const mostParts = 1 << 14;

/**
 * The same parts whenever asked for the same tracks: threads need only tell each other their numbers.
 * @param granule a power of two; stretches of one track meet on its multiples, so that nothing that the results tell
 * apart lies in two of them
 */
export function* scanParts(
  tracks: readonly { readonly start: Address; readonly end: Address }[],
  granule: number,
): Generator<ScanPart, void> {
  const span = tracks.reduce((sum, { start, end }) => sum + end - start, 0);
  const size = Math.ceil(Math.max(partBytes, span / mostParts) / granule) * granule;
  let part: TrackStretch[] = [];
  let bytes = 0;
  for (const [track, { start, end }] of tracks.entries()) {
    for (let at = start; at < end; ) {
      const stop = Math.min(end, Math.floor(at / granule) * granule + size);
      part.push({ track, start: at, end: stop });
      bytes += stop - at;
      at = stop;
      if (bytes < size) continue;
      yield part;
      part = [];
      bytes = 0;
    }
  }
  if (part.length > 0) yield part;
}
