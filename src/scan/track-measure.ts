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
