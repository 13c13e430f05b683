// Which classes grow, by how much, and whether that stands clear of churn. The rules stand in docs/detection.md.
import type { Allocator } from '../allocators/allocator.ts';
import type { Memory } from '../memory/memory.ts';
import type { Trend } from '../model/leak-report.ts';
import type { AllocationClass } from './allocation-class.ts';
import { type GrowthTest, testGrowth } from './growth-test.ts';
import { trendOf } from './trend.ts';

/** A class with what became of it over the dumps. */
export interface Candidate {
  readonly sizeClass: AllocationClass;
  /** Null where no memory of the class is worth testing. */
  readonly test: GrowthTest | null;
  /** For people; null where no allocator was walked. */
  readonly allocatorName: string | null;
  readonly headerBytes: number;
  /** Strides that the same requests may have as well. */
  readonly otherStrides: readonly number[];
  readonly growthCount: number;
  readonly growthBytes: number;
  /** Of the total growth, 0 to 1. */
  readonly share: number;
  readonly trend: Trend;
}

export interface CandidateInput {
  readonly classes: readonly AllocationClass[];
  readonly allocators: readonly Allocator[];
  readonly memories: readonly Memory[];
  /** Growth of the growing tracks, in bytes: what shares are of. */
  readonly totalGrowth: number;
  readonly hours: readonly number[] | null;
  /** Per dump, the run it is of. */
  readonly runOf: readonly number[];
}

/** Tested at most; classes that grow less than all of these cannot explain a material share. */
const mostTested = 64;

/** All classes, the largest growth first, then the largest. */
export function findCandidates(input: CandidateInput): Candidate[] {
  const sorted = [...input.classes].sort(
    (a, b) =>
      growthBytesOf(b) - growthBytesOf(a) ||
      b.counts.at(-1)! * b.stride - a.counts.at(-1)! * a.stride ||
      a.stride - b.stride,
  );
  return sorted.map((sizeClass, index) => toCandidate(sizeClass, index < mostTested, input));
}

function growthCountOf(sizeClass: AllocationClass): number {
  return sizeClass.counts.at(-1)! - sizeClass.counts[0]!;
}

function growthBytesOf(sizeClass: AllocationClass): number {
  return growthCountOf(sizeClass) * sizeClass.stride;
}

function toCandidate(sizeClass: AllocationClass, isTested: boolean, input: CandidateInput): Candidate {
  const allocator = input.allocators.find((one) => one.id === sizeClass.allocator);
  const headerBytes = allocator?.headerBytes(input.memories[0]!.dump) ?? 0;
  const growthBytes = growthBytesOf(sizeClass);
  const test = isTested && growthBytes > 0 ? testGrowth(sizeClass, input.memories, headerBytes, input.runOf) : null;
  const noise = test ? Math.max(...test.deviations) : Math.sqrt(Math.max(...sizeClass.counts));
  return {
    sizeClass,
    test,
    allocatorName: allocator?.displayName ?? null,
    headerBytes,
    otherStrides: allocator?.otherStrides?.(sizeClass.stride, input.memories[0]!.dump) ?? [],
    growthCount: growthCountOf(sizeClass),
    growthBytes,
    share: input.totalGrowth > 0 ? Math.max(0, Math.min(1, growthBytes / input.totalGrowth)) : 0,
    trend: trendOf([...sizeClass.counts], input.hours, noise),
  };
}
