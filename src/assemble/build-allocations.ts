// The report's rows of allocation classes: the growing ones first, with request, evidence and anatomy.
import type { Allocator } from '../allocators/allocator.ts';
import type { AllocationClass } from '../detect/allocation-class.ts';
import { type BlockAnatomy, blockAnatomy } from '../detect/block-anatomy.ts';
import type { Candidate } from '../detect/candidates.ts';
import { bornSince } from '../detect/survival.ts';
import type { DiffResult } from '../diff-dumps.ts';
import { type Address, formatAddress, lastStartingAtOrBelow } from '../model/address.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import type { Symbols } from '../symbols/open-symbols.ts';
import { classNumbers, usualOf } from './class-numbers.ts';
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
    const usual = usualOf(one, result);
    return buildRow(one, {
      result,
      allocators,
      symbols,
      id: idOf.get(one)!,
      linkedTo: usual ? idOf.get(usual)! : null,
      isDetailed: index < detailedRows || suspects.has(one),
    });
  });
  return { rows, idOf };
}

interface RowContext {
  readonly result: DiffResult;
  readonly allocators: readonly Allocator[];
  readonly symbols: Symbols;
  readonly id: string;
  /** Id of the class that has the same requests. */
  readonly linkedTo: string | null;
  readonly isDetailed: boolean;
}

function buildRow(candidate: Candidate, context: RowContext): ReportAllocation {
  const { result } = context;
  const { sizeClass } = candidate;
  const { dump } = result.dumps.at(-1)!.memory;
  const blocks = blocksOf(sizeClass, result.runs.runOf);
  const numbers = classNumbers(candidate, result, context.allocators);
  return {
    id: context.id,
    strideBytes: numbers.strideBytes,
    linkedTo: context.linkedTo,
    requestBytes: numbers.requestBytes,
    allocator: sizeClass.allocator,
    method: sizeClass.method,
    counts: numbers.counts,
    countError: sizeClass.countError,
    freeCounts: sizeClass.freeCounts ? [...sizeClass.freeCounts] : result.dumps.map(() => null),
    growthCount: candidate.growthCount,
    growthBytes: numbers.growthBytes,
    shareOfGrowth: numbers.shareOfGrowth,
    bytesPerHour: numbers.bytesPerHour,
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
