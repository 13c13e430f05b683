import type { Address } from '../model/address.ts';
import type { Interval } from '../model/intervals.ts';

/** Bytes of one track, per dump in capture order: plain arrays, for small typed ones take several times as much. */
export interface TrackMeasure {
  readonly capturedBytes: number[];
  /** Captured bytes on pages that are not all zero. */
  readonly populatedBytes: number[];
  readonly zeroBytes: number[];
  /** Captured in the dump before too, with the same bytes. */
  readonly unchangedBytes: number[];
  readonly changedBytes: number[];
  /** Not captured in the dump before. */
  readonly newBytes: number[];
  /** Of runs of pages that hold something in the last dump and held nothing in the first, starts and ends in turn. Sorted. */
  readonly grownRuns: Address[];
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
  const zeros = () => new Array<number>(dumpCount).fill(0);
  return {
    capturedBytes: zeros(),
    populatedBytes: zeros(),
    zeroBytes: zeros(),
    unchangedBytes: zeros(),
    changedBytes: zeros(),
    newBytes: zeros(),
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
  const { grownRuns } = stretch;
  for (let at = 0; at < grownRuns.length; at += 2) addRun(measure.grownRuns, grownRuns[at]!, grownRuns[at + 1]!);
}

/** Adds a run behind all others; one that goes on where the last one ends makes that longer. */
export function addRun(runs: Address[], start: Address, end: Address): void {
  if (runs.at(-1) === start) runs[runs.length - 1] = end;
  else runs.push(start, end);
}

/** Where the tracks grew, in their order. */
export function* grownIn(measures: Iterable<TrackMeasure>): Generator<Interval, void> {
  for (const { grownRuns } of measures) {
    for (let at = 0; at < grownRuns.length; at += 2) yield { start: grownRuns[at]!, end: grownRuns[at + 1]! };
  }
}
