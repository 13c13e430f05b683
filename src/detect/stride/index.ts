// The allocator-blind layer: strides from repeated words in memory that grew and that no heap walk explains.
import type { Memory } from '../../memory/memory.ts';
import type { Pacer } from '../../scan/pacer.ts';
import type { AllocationClass } from '../allocation-class.ts';
import { chooseMarkers } from './choose-markers.ts';
import { countMarkers } from './count-markers.ts';
import { findStrides } from './find-strides.ts';
import { type AddressRun, sampleGrowth } from './sample-growth.ts';

export interface StrideInput {
  readonly memories: readonly Memory[];
  /** Where the last dump holds something that the first did not; sorted. */
  readonly grownRuns: readonly AddressRun[];
  /** Where blocks are counted, per dump; sorted. */
  readonly ranges: readonly (readonly AddressRun[])[];
  readonly pacer: Pacer;
}

/** A class for every stride found, with its counts in all dumps. */
export async function findStrideClasses(input: StrideInput): Promise<AllocationClass[]> {
  const last = input.memories.at(-1)!;
  const windows = sampleGrowth(last, input.grownRuns);
  const markers = chooseMarkers(findStrides(windows, last.dump.pointerSize));
  if (markers.length === 0) return [];
  const counted = await countMarkers(markers, input.memories, input.ranges, input.pacer);
  return markers.map((marker, index) => ({
    allocator: null,
    method: 'stride',
    stride: marker.stride,
    counts: counted[index]!.counts,
    freeCounts: null,
    // What stands off the lattice may be a stray copy of the word, or a block beside a gap: no more can be off.
    countError: Math.max(0.01, 1 - marker.purity),
    requests: new Map(),
    sketches: counted[index]!.sketches,
    phase: 0,
    notes: [],
  }));
}
