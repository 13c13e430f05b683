// The allocator-blind layer: strides from what comes again in memory that grew and that no heap walk explains.
import type { Kernels } from '../../kernels/kernels.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { PageMap } from '../../model/page-map.ts';
import type { Pacer } from '../../scan/pacer.ts';
import type { Team } from '../../threads/team.ts';
import type { AllocationClass } from '../allocation-class.ts';
import { countBlocks } from './count-blocks.ts';
import { findPeriods } from './find-strides.ts';
import { resolveStrides } from './resolve-strides.ts';
import { sampleGrowth } from './sample-growth.ts';
import { type Signature, signatureIn } from './signature.ts';
import { type TokenKind, tokenKinds } from './tokens.ts';
import type { WordsBetweenRuns } from './words-between-runs.ts';

export interface StrideInput {
  readonly memories: readonly Memory[];
  /** Where the last dump holds something that the first did not; sorted. */
  readonly grownRuns: List<Interval>;
  /** Where blocks are counted, per dump; sorted. */
  readonly ranges: readonly List<Interval>[];
  /** What the scan found out; undefined for dumps of several address spaces. */
  readonly pageMap?: PageMap | undefined;
  readonly pacer: Pacer;
  /** Threads that help to count; the result is the same without. */
  readonly team?: Team | undefined;
  /** Where dumps of several runs are compared; left out for one. */
  readonly words?: WordsBetweenRuns | undefined;
}

/** A class for every stride found, with its counts in all dumps. */
export async function findStrideClasses(input: StrideInput): Promise<AllocationClass[]> {
  const last = input.memories.at(-1)!;
  const sample = sampleGrowth(last, input.grownRuns);
  const sampledBytes = sample.words.length * 4;
  if (sampledBytes === 0) return [];
  const periods = tokenKinds.flatMap((kind) => findPeriods(sample, kind, comparableIn(kind, input.words)));
  const signatures = resolveStrides(periods, sample, last).filter(
    ({ period }) => period.repeats * period.blockBytes >= leastCoverage * sampledBytes,
  );
  if (signatures.length === 0) return [];
  // In the order of kinds: values count best.
  return classesOf(
    tokenKinds.flatMap((kind) => signatures.filter(({ period }) => period.kind === kind)),
    input,
    sample.kernels,
  );
}

/** Strides that fill less of the growth than this cannot explain it; counting them in all dumps is not worth a read. */
const leastCoverage = 0.02;

/** Without words that other runs have other values for: they would be counted as missing there. */
function comparableIn(kind: TokenKind, words: WordsBetweenRuns | undefined): ((key: number) => boolean) | undefined {
  return kind === 'value' && words ? (key) => words.isComparable(key) : undefined;
}

/** Blocks whose token also stands between them by chance, or that broke the shape: seen in no sound case above this. */
const shapeError = 0.05;
const valueError = 0.01;

async function classesOf(
  signatures: readonly Signature[],
  input: StrideInput,
  kernels: Kernels,
): Promise<AllocationClass[]> {
  const { memories, ranges, pageMap, pacer, team, words } = input;
  const perDump = memories.map((_, dump) =>
    words ? signatures.map((signature) => signatureIn(dump, signature, words)) : signatures,
  );
  const counted = await countBlocks({ signatures: perDump, memories, ranges, pageMap, pacer, team, kernels });
  const rangeBytes = ranges.map((runs) => runs.reduce((sum, run) => sum + run.end - run.start, 0));
  return signatures.flatMap(({ period }, index) => {
    const { counts, sketches } = counted[index]!;
    // More blocks than there is room for: the token stands for something else as well.
    if (counts.some((count, dump) => count * period.blockBytes > rangeBytes[dump]! * 1.01)) return [];
    // Each run may have drawn another value for the token: where a run has none, nothing is known of that run.
    if (words && counts.includes(0)) return [];
    return {
      allocator: null,
      method: 'stride' as const,
      stride: period.blockBytes,
      counts,
      freeCounts: null,
      countError: Math.max(period.kind === 'value' ? valueError : shapeError, 1 - period.purity),
      requests: new Map<number, Float64Array>(),
      sketches,
    };
  });
}
