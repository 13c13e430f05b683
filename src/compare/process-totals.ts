// Adds tracks up to the process, and says how much of what grew.

import type { Track } from '../model/track.ts';
import type { TrackMeasure } from '../scan/track-measure.ts';

/** Bytes of the whole process, one number per dump. */
export interface ProcessTotals {
  readonly mappedBytes: number[];
  readonly capturedBytes: number[];
  readonly populatedBytes: number[];
  readonly zeroBytes: number[];
  /** Sum over the growing tracks of their growth, or growth of the live blocks if that is more. */
  readonly totalGrowth: number;
}

/** The larger of mapped and populated growth between the first and the last dump; negative when it shrank. */
export function growthOfTrack(track: Track, measure: TrackMeasure): number {
  const mapped = track.presence.map((presence) => presence?.mappedBytes ?? 0);
  const { populatedBytes } = measure;
  return Math.max(mapped.at(-1)! - mapped[0]!, populatedBytes.at(-1)! - populatedBytes[0]!);
}

/** @param isOneSpace false where tracks were paired from run to run */
export function processTotals(
  tracks: readonly Track[],
  measures: readonly TrackMeasure[],
  dumpCount: number,
  isOneSpace = true,
): ProcessTotals {
  const sum = (value: (track: number, dump: number) => number) =>
    Array.from({ length: dumpCount }, (_, dump) =>
      tracks.reduce((total, _track, index) => total + value(index, dump), 0),
    );
  return {
    mappedBytes: sum((track, dump) => tracks[track]!.presence[dump]?.mappedBytes ?? 0),
    capturedBytes: sum((track, dump) => measures[track]!.capturedBytes[dump]!),
    populatedBytes: sum((track, dump) => measures[track]!.populatedBytes[dump]!),
    zeroBytes: sum((track, dump) => measures[track]!.zeroBytes[dump]!),
    totalGrowth: totalGrowth(tracks, measures, isOneSpace),
  };
}

/**
 * What a run has alone may be what another has elsewhere: regions that no partner was found for are added up, gone
 * ones and new ones.
 */
function totalGrowth(tracks: readonly Track[], measures: readonly TrackMeasure[], isOneSpace: boolean): number {
  let total = 0;
  let unpaired = 0;
  for (const [index, track] of tracks.entries()) {
    const growth = growthOfTrack(track, measures[index]!);
    const isPaired = track.presence[0] && track.presence.at(-1);
    if (isOneSpace || isPaired) total += Math.max(0, growth);
    else unpaired += growth;
  }
  return Math.max(0, total + unpaired);
}

/**
 * Blocks of zeros that are handed out from memory mapped long before grow neither mapped nor populated bytes; only the
 * walk sees them.
 */
export function withLiveGrowth(totals: ProcessTotals, liveGrowth: number): ProcessTotals {
  return { ...totals, totalGrowth: Math.max(totals.totalGrowth, liveGrowth) };
}
