// Classes that grow in lockstep are parts of one thing; sizes drawn at random scatter.
import type { Candidate } from './candidates.ts';

/** Whether all steps of both have the same proportion, to the block or two. One step alone says nothing. */
export function growInProportion(a: Candidate, b: Candidate): boolean {
  const left = stepsOf(a);
  const right = stepsOf(b);
  if (left.length < 2 || a.growthCount === 0) return false;
  const ratio = b.growthCount / a.growthCount;
  return left.every((step, index) => Math.abs(right[index]! - step * ratio) <= 2 + 0.005 * right[index]!);
}

function stepsOf({ sizeClass }: Candidate): number[] {
  const counts = [...sizeClass.counts];
  return counts.slice(1).map((count, index) => count - counts[index]!);
}
