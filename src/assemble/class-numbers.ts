// The numbers of a class that the report's rows and its sentences share.
import type { Allocator } from '../allocators/allocator.ts';
import type { AllocationClass } from '../detect/allocation-class.ts';
import type { Candidate } from '../detect/candidates.ts';
import { isOtherStrideOf } from '../detect/verdict.ts';
import type { Decided } from '../diff-dumps.ts';
import type { Dump } from '../model/dump.ts';
import type { ReportAllocation } from '../model/leak-report.ts';

export type ClassNumbers = Pick<
  ReportAllocation,
  'strideBytes' | 'requestBytes' | 'counts' | 'growthBytes' | 'shareOfGrowth' | 'bytesPerHour'
>;

export function classNumbers(candidate: Candidate, result: Decided, allocators: readonly Allocator[]): ClassNumbers {
  const { sizeClass, growthBytes } = candidate;
  const hours = result.hours?.reduce((sum, one) => sum + one, 0) ?? null;
  return {
    strideBytes: sizeClass.stride,
    requestBytes: requestWithUsual(candidate, result, allocators),
    counts: [...sizeClass.counts],
    growthBytes,
    shareOfGrowth: candidate.share,
    bytesPerHour: hours === null ? null : growthBytes / hours,
  };
}

/** The other stride is the exception; where it grows as much as this, it has requests of its own. */
const otherStrideRatio = 4;

/** Of a suspect, the other one whose requests also end up in this class. */
export function usualOf(candidate: Candidate, { decision: { suspects } }: Decided): Candidate | undefined {
  if (!suspects.includes(candidate)) return undefined;
  return suspects.find(
    (usual) => isOtherStrideOf(usual, candidate) && usual.growthCount > otherStrideRatio * candidate.growthCount,
  );
}

type Bounds = { readonly min: number; readonly max: number } | null;

/** Requests of its own and of the usual stride cannot be told apart: the range holds both. */
function requestWithUsual(candidate: Candidate, result: Decided, allocators: readonly Allocator[]): Bounds {
  const { dump } = result.dumps.at(-1)!.memory;
  const usualCandidate = usualOf(candidate, result);
  const own = requestOf(candidate.sizeClass, dump, allocators);
  const usual = usualCandidate ? requestOf(usualCandidate.sizeClass, dump, allocators) : null;
  return own && usual ? { min: Math.min(own.min, usual.min), max: Math.max(own.max, usual.max) } : own;
}

/** Exact where the allocator keeps the request of each block: those that account for the growth. */
function requestOf(sizeClass: AllocationClass, dump: Dump, allocators: readonly Allocator[]): Bounds {
  const allocator = allocators.find((one) => one.id === sizeClass.allocator);
  const known = [...sizeClass.requests].map(([request, counts]) => ({
    request,
    growth: counts.at(-1)! - counts[0]!,
    count: counts.at(-1)!,
  }));
  const growing = known.filter((one) => one.growth > 0);
  const largest = Math.max(0, ...growing.map((one) => one.growth));
  // Requests that hardly take part in the growth only widen the range.
  const relevant =
    growing.length > 0 ? growing.filter((one) => one.growth >= largest / 20) : known.filter((one) => one.count > 0);
  if (relevant.length > 0) {
    const requests = relevant.map((one) => one.request);
    return { min: Math.min(...requests), max: Math.max(...requests) };
  }
  return allocator?.requestRange(sizeClass.stride, dump) ?? null;
}
