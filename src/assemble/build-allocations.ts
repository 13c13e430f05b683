// The report's rows of allocation classes: the growing ones first, with request, evidence and anatomy.
import type { Allocator } from '../allocators/allocator.ts';
import type { AllocationClass } from '../detect/allocation-class.ts';
import { type BlockAnatomy, blockAnatomy } from '../detect/block-anatomy.ts';
import type { Candidate } from '../detect/candidates.ts';
import { bornSince } from '../detect/survival.ts';
import { isOtherStrideOf } from '../detect/verdict.ts';
import type { DiffResult } from '../diff-dumps.ts';
import { type Address, formatAddress, lastStartingAtOrBelow } from '../model/address.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import type { Symbols } from '../symbols/open-symbols.ts';
import { confidenceOf, evidenceFor } from './evidence.ts';

export interface AllocationRows {
  readonly rows: ReportAllocation[];
  readonly idOf: ReadonlyMap<Candidate, string>;
}

/** Rows kept of those that are no suspects: the report caps them once more for display. */
const mostRows = 2000;
const mostSamples = 16;
/** Blocks of which anatomy and place are told. */
const detailedRows = 12;

/** @param symbols of the last dump */
export function buildAllocations(
  result: DiffResult,
  allocators: readonly Allocator[],
  symbols: Symbols,
): AllocationRows {
  const suspects = new Set(result.decision.suspects);
  const others = result.candidates.filter(
    (one) => !suspects.has(one) && one.sizeClass.counts.some((count) => count > 0),
  );
  const ordered = [...result.decision.suspects, ...others.slice(0, mostRows)];
  ordered.sort((a, b) => b.growthBytes - a.growthBytes);
  const idOf = new Map(ordered.map((one, index) => [one, `a${index + 1}`]));
  const rows = ordered.map((one, index) => {
    const usual = suspects.has(one) ? usualOf(one, result.decision.suspects) : undefined;
    return buildRow(one, {
      result,
      allocators,
      symbols,
      id: idOf.get(one)!,
      usual: usual ? { candidate: usual, id: idOf.get(usual)! } : null,
      isDetailed: index < detailedRows || suspects.has(one),
    });
  });
  return { rows, idOf };
}

/** The other stride is the exception; where it grows as much as this, it has requests of its own. */
const otherStrideRatio = 4;

/** The suspect whose requests also end up in this class. */
function usualOf(candidate: Candidate, suspects: readonly Candidate[]): Candidate | undefined {
  return suspects.find(
    (usual) => isOtherStrideOf(usual, candidate) && usual.growthCount > otherStrideRatio * candidate.growthCount,
  );
}

interface RowContext {
  readonly result: DiffResult;
  readonly allocators: readonly Allocator[];
  readonly symbols: Symbols;
  readonly id: string;
  /** The class that has the same requests, and its id. */
  readonly usual: { readonly candidate: Candidate; readonly id: string } | null;
  readonly isDetailed: boolean;
}

function buildRow(candidate: Candidate, context: RowContext): ReportAllocation {
  const { result } = context;
  const { sizeClass } = candidate;
  const { dump } = result.dumps.at(-1)!.memory;
  const blocks = blocksOf(sizeClass, result.runs.runOf);
  const hours = result.hours?.reduce((sum, one) => sum + one, 0) ?? null;
  return {
    id: context.id,
    strideBytes: sizeClass.stride,
    linkedTo: context.usual?.id ?? null,
    requestBytes: requestWithUsual(sizeClass, context),
    allocator: sizeClass.allocator,
    method: sizeClass.method,
    counts: [...sizeClass.counts],
    countError: sizeClass.countError,
    freeCounts: sizeClass.freeCounts ? [...sizeClass.freeCounts] : result.dumps.map(() => null),
    growthCount: candidate.growthCount,
    growthBytes: candidate.growthBytes,
    shareOfGrowth: candidate.share,
    bytesPerHour: hours === null ? null : candidate.growthBytes / hours,
    confidence: confidenceOf(candidate, result),
    trend: candidate.trend,
    regionIds: context.isDetailed ? regionsOf(result, blocks) : [],
    sampleAddresses: spread(blocks, mostSamples).map((address) => formatAddress(address, dump.pointerSize)),
    ...(context.isDetailed ? anatomyOf(candidate, blocks, context) : { typeName: null, fields: [] }),
    evidence: evidenceFor(candidate, result),
  };
}

function anatomyOf(candidate: Candidate, blocks: readonly Address[], { result, symbols }: RowContext): BlockAnatomy {
  return blockAnatomy({
    memory: result.dumps.at(-1)!.memory,
    blocks,
    stride: candidate.sizeClass.stride,
    headerBytes: candidate.headerBytes,
    startsAreKnown: candidate.sizeClass.method === 'chunk-walk',
    symbols,
  });
}

/** Starts of the blocks that came since the first dump of the last one's run, or of all when none did. Sorted. */
function blocksOf(sizeClass: AllocationClass, runOf: readonly number[]): Address[] {
  const last = sizeClass.sketches.at(-1)!;
  const born = bornSince(last, sizeClass.sketches[runOf.indexOf(runOf.at(-1)!)]!);
  const addresses = born.length > 0 ? born : [...last.addresses].sort((a, b) => a - b);
  return addresses;
}

function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}

/** Requests of its own and of the usual stride cannot be told apart: the range holds both. */
function requestWithUsual(sizeClass: AllocationClass, context: RowContext): { min: number; max: number } | null {
  const own = requestOf(sizeClass, context);
  const usual = context.usual ? requestOf(context.usual.candidate.sizeClass, context) : null;
  return own && usual ? { min: Math.min(own.min, usual.min), max: Math.max(own.max, usual.max) } : own;
}

/** Exact where the allocator keeps the request of each block: those that account for the growth. */
function requestOf(sizeClass: AllocationClass, context: RowContext): { min: number; max: number } | null {
  const allocator = context.allocators.find((one) => one.id === sizeClass.allocator);
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
  return allocator?.requestRange(sizeClass.stride, context.result.dumps.at(-1)!.memory.dump) ?? null;
}

/** Ids of the tracks that the blocks stand in, those with most blocks first. */
function regionsOf(result: DiffResult, blocks: readonly Address[]): string[] {
  const counts = new Map<string, number>();
  for (const address of blocks) {
    for (let index = lastStartingAtOrBelow(result.tracks, address); index >= 0; index--) {
      const track = result.tracks[index]!;
      const end = track.presence.at(-1)?.end;
      if (end === undefined || address >= end) continue;
      counts.set(track.id, (counts.get(track.id) ?? 0) + 1);
      break;
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, 20)
    .map(([id]) => id);
}
