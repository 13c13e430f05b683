// How much the size of all live blocks together moves by coming and going alone.
import { comparable } from './address-sketch.ts';
import type { AllocationClass } from './allocation-class.ts';

/**
 * Standard deviation, in bytes, of the live bytes between the first and the last dump if every block that was replaced
 * had been replaced by one drawn independently: the root of the sum, over all classes, of stride² times the blocks that
 * went plus those that came. Which blocks went is seen from the sketches.
 */
export function churnBytes(classes: readonly AllocationClass[]): number {
  let variance = 0;
  for (const one of classes) {
    const before = one.sketches[0]!;
    const after = one.sketches.at(-1)!;
    const sample = comparable(before, after);
    const alive = new Set(after.addresses);
    const replaced = sample.length === 0 ? 0 : sample.filter((address) => !alive.has(address)).length / sample.length;
    const went = replaced * one.counts[0]!;
    // What only grows is no churn: as many may have come as went.
    const came = Math.min(went, Math.max(0, one.counts.at(-1)! - (one.counts[0]! - went)));
    variance += one.stride * one.stride * (went + came);
  }
  return Math.sqrt(variance);
}
