// Whether a class of blocks grows beyond what its own coming and going explains. The rule stands in docs/detection.md.
import type { Memory } from '../memory/memory.ts';
import type { AllocationClass } from './allocation-class.ts';
import { keptShare, notFollowed, type Survival, survivalBetween } from './survival.ts';

export interface GrowthTest {
  readonly deltas: readonly number[];
  /** Standard deviation that churn alone would give each step's difference; see churnDeviation. */
  readonly deviations: readonly number[];
  /** From the first dump to the last, in standard deviations of churn. */
  readonly totalDeviations: number;
  readonly survivals: readonly Survival[];
  /** Of the blocks born before the last step, the share still alive at the end; null when none could be followed. */
  readonly keptShare: number | null;
  /** False when most of them are gone again by the end: traffic, not a leak. */
  readonly blocksStay: boolean;
  readonly growsInEveryStep: boolean;
  /** Grows in every step, and by more than its own churn explains. */
  readonly standsClear: boolean;
}

/** A single step may be small; it must just not be chance alone. */
const stepDeviations = 2;
/** All steps together: with hundreds of classes in a process, chance reaches 4 deviations in none of them. */
const totalDeviationsNeeded = 4;
/** Of the blocks born in a step, so many must still be there at the end. */
const keptShareNeeded = 0.5;

/** @param runOf per dump, the run it is of: blocks are followed within one only */
export function testGrowth(
  sizeClass: AllocationClass,
  memories: readonly Memory[],
  headerBytes: number,
  runOf: readonly number[] = memories.map(() => 0),
): GrowthTest {
  const counts = [...sizeClass.counts];
  const lastIndex = counts.length - 1;
  const follow = (from: number, to: number) =>
    runOf[from] === runOf[to] ? survivalBetween(sizeClass, memories, { from, to, headerBytes }) : notFollowed;
  const survivals = counts.slice(1).map((_, index) => follow(index, index + 1));
  const deltas = counts.slice(1).map((count, index) => count - counts[index]!);
  const deviations = deltas.map((_, index) => churnDeviation(counts[index]!, counts[index + 1]!, survivals[index]!));
  const overall = churnDeviation(counts[0]!, counts[lastIndex]!, follow(0, lastIndex));
  const totalDeviations = (counts[lastIndex]! - counts[0]!) / overall;
  const kept = keptOverall(sizeClass, runOf);
  const blocksStay = kept === null || kept >= keptShareNeeded;
  const growsInEveryStep = deltas.every((delta) => delta > 0);
  return {
    deltas,
    deviations,
    totalDeviations,
    survivals,
    keptShare: kept,
    blocksStay,
    growsInEveryStep,
    standsClear:
      growsInEveryStep &&
      deltas.every((delta, index) => delta >= stepDeviations * deviations[index]!) &&
      totalDeviations >= totalDeviationsNeeded &&
      blocksStay,
  };
}

/**
 * Blocks that come and go independently make a count fluctuate by the root of how many of them were replaced: of the
 * blocks before, those that did not survive unchanged, and as many of the blocks after. Half a block is added to what
 * was seen dying, so that few blocks do not pass for immortal; and one to the variance, for a count is whole.
 */
function churnDeviation(before: number, after: number, survival: Survival): number {
  const unchanged = survival.survived * survival.unchangedShare;
  const replaced = survival.sampled === 0 ? 1 : (survival.sampled - unchanged + 0.5) / (survival.sampled + 1);
  return Math.sqrt(replaced * (before + after) + 1);
}

/** The smallest share kept of any step's newborn blocks but the last step's, which had no time to die. */
function keptOverall(sizeClass: AllocationClass, runOf: readonly number[]): number | null {
  const { sketches } = sizeClass;
  const last = sketches.at(-1)!;
  let smallest: number | null = null;
  for (let index = 1; index + 1 < sketches.length; index++) {
    if (runOf[index - 1] !== runOf.at(-1) || runOf[index] !== runOf.at(-1)) continue;
    const kept = keptShare(sketches[index]!, sketches[index - 1]!, last);
    if (kept !== null) smallest = smallest === null ? kept : Math.min(smallest, kept);
  }
  return smallest;
}
