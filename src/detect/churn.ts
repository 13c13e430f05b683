// How much the size of all live blocks together moves by coming and going alone.
import { comparable } from './address-sketch.ts';
import type { AllocationClass } from './allocation-class.ts';

/**
 * Standard deviation, in bytes, of the live bytes between the first and the last dump if every block that was replaced
 * had been replaced by one drawn independently: the root of the sum, over all classes, of stride² times the blocks that
 * went plus those that came. Which blocks went is seen from the sketches.
 * @param isOneRun whether the first and the last dump are of one run; else all blocks are others
 */
export function churnBytes(classes: readonly AllocationClass[], isOneRun = true): number {
  let variance = 0;
  for (const one of classes) {
    const replaced = isOneRun ? replacedShare(one) : 1;
    const went = replaced * one.counts[0]!;
    // What only grows is no churn: as many may have come as went.
    const came = Math.min(went, Math.max(0, one.counts.at(-1)! - (one.counts[0]! - went)));
    variance += one.stride * one.stride * (went + came);
  }
  return Math.sqrt(variance);
}

/** Share of the first dump's blocks that the last one does not have. */
function replacedShare({ sketches }: AllocationClass): number {
  const after = sketches.at(-1)!;
  const sample = comparable(sketches[0]!, after);
  const alive = new Set(after.addresses);
  return sample.length === 0 ? 0 : sample.filter((address) => !alive.has(address)).length / sample.length;
}
