// Candidates as a walk would give them, for rules that look at how classes grow beside each other.
import { newWalkedClass } from '../../src/detect/allocation-class.ts';
import type { Candidate } from '../../src/detect/candidates.ts';

export interface CandidateOptions {
  readonly stride: number;
  /** One per dump. */
  readonly counts: readonly number[];
  readonly totalGrowth: number;
  readonly otherStrides?: readonly number[];
  /** Of the whole growth in standard deviations; below 4 it does not stand clear. */
  readonly deviations?: number;
  /** Makes it a class that was counted by its stride only, with counts that may be off by this share. */
  readonly countError?: number;
}

export function walkedCandidate(options: CandidateOptions): Candidate {
  const { stride, counts, totalGrowth, otherStrides = [], deviations = 50, countError } = options;
  const walked = newWalkedClass('glibc-malloc', stride, counts.length);
  walked.counts.set(counts);
  const sizeClass =
    countError === undefined ? walked : { ...walked, allocator: null, method: 'stride' as const, countError };
  const deltas = counts.slice(1).map((count, index) => count - counts[index]!);
  const growthCount = counts.at(-1)! - counts[0]!;
  const growsInEveryStep = deltas.every((delta) => delta > 0);
  return {
    sizeClass,
    test: {
      deltas,
      deviations: deltas.map(() => 1),
      totalDeviations: deviations,
      survivals: [],
      keptShare: 1,
      blocksStay: true,
      growsInEveryStep,
      standsClear: growsInEveryStep && deviations >= 4,
    },
    allocatorName: 'glibc malloc',
    headerBytes: 16,
    otherStrides,
    growthCount,
    growthBytes: growthCount * stride,
    share: (growthCount * stride) / totalGrowth,
    trend: growsInEveryStep ? 'steady' : 'jump',
  };
}
