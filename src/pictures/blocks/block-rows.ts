import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { ReportAllocation } from '../../model/leak-report.ts';
import { type BlockTest, blockTest, sampleBlocks } from './block-marks.ts';
import { type BlockRun, findRuns, searchBlocks } from './find-blocks.ts';

/** Which blocks a straightened picture shows, one per row. */
export interface BlockRows {
  readonly addresses: readonly Address[];
  /** Rows that do not follow the one above at the stride: something else stands between. */
  readonly breaks: ReadonlySet<number>;
  /** How the rows were chosen, for the picture's words. */
  readonly choice: 'one-run' | 'with-gaps' | 'scattered' | 'stepped';
}

/** A run of this many blocks proves a period by itself. */
const goodRun = 32;
/** Shorter runs than this are chance, where only the stride is known. */
const leastRun = 4;
/** Share of rows without a neighbour above from which on gaps would be all that one sees. */
const scatteredShare = 0.25;
/** How far blocks with others between them are looked for. */
const searchBytes = 4 << 20;

/**
 * Rows of consecutive addresses, one stride apart, from where the class lies densest. Where its blocks have no such
 * neighbours: the blocks of a walked class with whatever lies between them left out; for a stride that was only
 * measured, plain steps from the first sample, so that a wrong stride shows as slanted lines.
 */
export function blockRows(memory: Memory, allocation: ReportAllocation, most: number): BlockRows {
  const stride = allocation.strideBytes;
  const test = blockTest(memory, allocation);
  const runs = findRuns(allocation, test, most);
  const best = runs[0];
  if (best && best.count >= goodRun) {
    return { addresses: steps(best.start, stride, best.count), breaks: new Set(), choice: 'one-run' };
  }
  if (allocation.method === 'chunk-walk') return walkedRows(memory, allocation, { test, runs, most });
  const long = runs.filter((run) => run.count >= leastRun);
  if (long.length > 0) return withGaps(runAddresses(long, stride), stride, most);
  const start = sampleBlocks(allocation)[0] ?? 0;
  const captured = Math.floor(memory.capturedBytesFrom(start, most * stride) / stride);
  return { addresses: steps(start, stride, Math.max(1, captured)), breaks: new Set(), choice: 'stepped' };
}

/** The blocks around the longest run, or the samples with their neighbours, whichever are more. */
function walkedRows(
  memory: Memory,
  allocation: ReportAllocation,
  known: { test: BlockTest; runs: readonly BlockRun[]; most: number },
): BlockRows {
  const stride = allocation.strideBytes;
  const sampled = runAddresses(known.runs, stride);
  const start = known.runs[0]?.start ?? 0;
  const search = { start, end: start + searchBytes, most: known.most };
  const around = searchBlocks(memory, stride, known.test, search);
  return withGaps(around.length > sampled.length ? around : sampled, stride, known.most);
}

function withGaps(found: readonly Address[], stride: number, most: number): BlockRows {
  const addresses = found.slice(0, most);
  const breaks = addresses.flatMap((address, row) =>
    row > 0 && address !== addresses[row - 1]! + stride ? [row] : [],
  );
  const choice = breaks.length > addresses.length * scatteredShare ? 'scattered' : 'with-gaps';
  return { addresses, breaks: new Set(breaks), choice: breaks.length === 0 ? 'one-run' : choice };
}

function runAddresses(runs: readonly BlockRun[], stride: number): Address[] {
  return runs.flatMap((run) => steps(run.start, stride, run.count)).sort((a, b) => a - b);
}

function steps(start: Address, stride: number, count: number): Address[] {
  return Array.from({ length: count }, (_, index) => start + index * stride);
}
