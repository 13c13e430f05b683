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

/**
 * Growth in blocks that are larger than any that went, in bytes: what comes and goes is replaced by its like, but a
 * buffer that is made anew whenever it is full goes for good each time. A few such blocks would pass for the largest
 * churn there is.
 */
export function outgrownBytes(classes: readonly AllocationClass[], isOneRun = true): number {
  const went = classes.filter((one) => one.counts[0]! > 0 && (!isOneRun || replacedShare(one) > 0));
  const largest = Math.max(0, ...went.map(({ stride }) => stride));
  return classes.reduce(
    (sum, { stride, counts }) => (stride > largest ? sum + Math.max(0, counts.at(-1)! - counts[0]!) * stride : sum),
    0,
  );
}

/** Share of the first dump's blocks that the last one does not have. */
function replacedShare({ sketches }: AllocationClass): number {
  const after = sketches.at(-1)!;
  const sample = comparable(sketches[0]!, after);
  const alive = new Set(after.addresses);
  return sample.length === 0 ? 0 : sample.filter((address) => !alive.has(address)).length / sample.length;
}
