import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { ReportAllocation } from '../../model/leak-report.ts';
import { findRuns, sampleBlocks } from './block-run.ts';

/** Which blocks a straightened picture shows, one per row. */
export interface BlockRows {
  readonly addresses: readonly Address[];
  /** Rows that do not follow the one above at the stride: each begins another run. */
  readonly breaks: ReadonlySet<number>;
  /** How the rows were chosen, for the picture's words. */
  readonly choice: 'one-run' | 'several-runs' | 'samples' | 'stepped';
}

/** A run of this many blocks proves a period by itself. */
const goodRun = 32;
/** Shorter runs than this are chance, where only the stride is known. */
const leastRun = 4;

/**
 * Rows of consecutive addresses, one stride apart, from where the class lies densest. Where its blocks have no such
 * neighbours: the sample blocks of a chunk walk, whose places are known, with the neighbours they have; for a stride
 * that was only measured, plain steps from the first sample, so that a wrong stride shows as slanted lines.
 */
export function blockRows(memory: Memory, allocation: ReportAllocation, most: number): BlockRows {
  const stride = allocation.strideBytes;
  const runs = findRuns(memory, allocation, most);
  const best = runs[0];
  if (best && best.count >= goodRun) {
    return { addresses: steps(best.start, stride, best.count), breaks: new Set(), choice: 'one-run' };
  }
  const least = allocation.method === 'chunk-walk' ? 1 : leastRun;
  const long = runs.filter((run) => run.count >= least).sort((a, b) => a.start - b.start);
  if (long.length > 0) return joinRuns(long, stride, most);
  const start = sampleBlocks(allocation)[0] ?? 0;
  const captured = Math.floor(memory.capturedBytesFrom(start, most * stride) / stride);
  return { addresses: steps(start, stride, Math.max(1, captured)), breaks: new Set(), choice: 'stepped' };
}

function joinRuns(runs: readonly { start: Address; count: number }[], stride: number, most: number): BlockRows {
  const addresses: Address[] = [];
  const breaks = new Set<number>();
  for (const run of runs) {
    if (addresses.length >= most) break;
    if (addresses.length > 0) breaks.add(addresses.length);
    addresses.push(...steps(run.start, stride, Math.min(run.count, most - addresses.length)));
  }
  const hasNeighbours = runs.some((run) => run.count > 1);
  return { addresses, breaks, choice: hasNeighbours ? 'several-runs' : 'samples' };
}

function steps(start: Address, stride: number, count: number): Address[] {
  return Array.from({ length: count }, (_, index) => start + index * stride);
}
