import type { Address } from '../model/address.ts';

/** Bytes of one track, per dump in capture order. */
export interface TrackMeasure {
  readonly capturedBytes: Float64Array;
  /** Captured bytes on pages that are not all zero. */
  readonly populatedBytes: Float64Array;
  readonly zeroBytes: Float64Array;
  /** Captured in the dump before too, with the same bytes. */
  readonly unchangedBytes: Float64Array;
  readonly changedBytes: Float64Array;
  /** Not captured in the dump before. */
  readonly newBytes: Float64Array;
  /** Runs of pages that hold something in the last dump and held nothing in the first. Sorted. */
  readonly grownRuns: { start: Address; end: Address }[];
}

const byteCounts = [
  'capturedBytes',
  'populatedBytes',
  'zeroBytes',
  'unchangedBytes',
  'changedBytes',
  'newBytes',
] as const satisfies (keyof TrackMeasure)[];

export function newTrackMeasure(dumpCount: number): TrackMeasure {
  return {
    capturedBytes: new Float64Array(dumpCount),
    populatedBytes: new Float64Array(dumpCount),
    zeroBytes: new Float64Array(dumpCount),
    unchangedBytes: new Float64Array(dumpCount),
    changedBytes: new Float64Array(dumpCount),
    newBytes: new Float64Array(dumpCount),
    grownRuns: [],
  };
}

/** What was measured of a stretch of a track. */
export interface StretchMeasure {
  /** Index of the track. */
  readonly track: number;
  readonly measure: TrackMeasure;
}

/** Adds what was measured of a stretch of the track that follows all those added before. */
export function addMeasure(measure: TrackMeasure, stretch: TrackMeasure): void {
  for (const name of byteCounts) {
    for (const [dump, bytes] of stretch[name].entries()) measure[name][dump]! += bytes;
  }
  for (const { start, end } of stretch.grownRuns) addRun(measure.grownRuns, start, end);
}

/** Adds a run behind all others; one that goes on where the last one ends makes that longer. */
export function addRun(runs: { start: Address; end: Address }[], start: Address, end: Address): void {
  const last = runs.at(-1);
  if (last && last.end === start) last.end = end;
  else runs.push({ start, end });
}
