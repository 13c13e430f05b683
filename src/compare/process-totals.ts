// Adds tracks up to the process, and says how much of what grew.

import type { Track, TrackPresence } from '../model/track.ts';
import type { TrackMeasure } from '../scan/track-measure.ts';
import type { CaptureDifferences } from './capture-differences.ts';

/** Bytes of the whole process, one number per dump. */
export interface ProcessTotals {
  readonly mappedBytes: number[];
  /** Mapped and not merely reserved; see committedIn. */
  readonly committedBytes: number[];
  readonly capturedBytes: number[];
  readonly populatedBytes: number[];
  readonly zeroBytes: number[];
  /** Sum over the growing tracks of their growth, or growth of the live blocks if that is more. */
  readonly totalGrowth: number;
}

/** What tells growth from memory that was only left out of the first dump. */
export type Revealed = Pick<CaptureDifferences, 'revealedOfTrack' | 'isFirstPartial'>;

/**
 * The larger of committed and populated growth between the first and the last dump; negative when it shrank. What the
 * first dump left out is no growth.
 * @param index of the track, in the captures
 */
export function growthOfTrack(track: Track, measure: TrackMeasure, index: number, captures: Revealed): number {
  const committed = track.presence.map(committedIn);
  const { populatedBytes } = measure;
  const revealed = captures.revealedOfTrack[index]!;
  return Math.max(
    less(committed.at(-1)! - committed[0]!, captures.isFirstPartial ? Number.POSITIVE_INFINITY : 0),
    less(populatedBytes.at(-1)! - populatedBytes[0]!, revealed),
  );
}

/** Growth without what may be none; what shrank has shrunk. */
function less(growth: number, doubtful: number): number {
  return growth <= 0 ? growth : Math.max(0, growth - doubtful);
}

/** Mapped bytes that the program can have put anything in. Where it cannot write, it grows by what is populated only. */
export function committedIn(presence: TrackPresence | null): number {
  return presence ? presence.mappedBytes - presence.reservedBytes : 0;
}

export interface TotalsContext {
  readonly dumpCount: number;
  readonly captures: Revealed;
  /** False where tracks were paired from run to run. */
  readonly isOneSpace: boolean;
}

export function processTotals(
  tracks: readonly Track[],
  measures: readonly TrackMeasure[],
  { dumpCount, captures, isOneSpace }: TotalsContext,
): ProcessTotals {
  const sum = (value: (track: number, dump: number) => number) =>
    Array.from({ length: dumpCount }, (_, dump) =>
      tracks.reduce((total, _track, index) => total + value(index, dump), 0),
    );
  return {
    mappedBytes: sum((track, dump) => tracks[track]!.presence[dump]?.mappedBytes ?? 0),
    committedBytes: sum((track, dump) => committedIn(tracks[track]!.presence[dump]!)),
    capturedBytes: sum((track, dump) => measures[track]!.capturedBytes[dump]!),
    populatedBytes: sum((track, dump) => measures[track]!.populatedBytes[dump]!),
    zeroBytes: sum((track, dump) => measures[track]!.zeroBytes[dump]!),
    totalGrowth: totalGrowth(tracks, measures, captures, isOneSpace),
  };
}

/**
 * What a run has alone may be what another has elsewhere: regions that no partner was found for are added up, gone
 * ones and new ones.
 */
function totalGrowth(
  tracks: readonly Track[],
  measures: readonly TrackMeasure[],
  captures: Revealed,
  isOneSpace: boolean,
): number {
  let total = 0;
  let unpaired = 0;
  for (const [index, track] of tracks.entries()) {
    const growth = growthOfTrack(track, measures[index]!, index, captures);
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
