import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { ReportAllocation } from '../../model/leak-report.ts';
import { type BlockTest, sampleBlocks } from './block-marks.ts';

/** Blocks that follow each other at exactly one stride. */
export interface BlockRun {
  readonly start: Address;
  /** At least 1: the block at `start`. */
  readonly count: number;
}

const samplesToTry = 24;
const chunkBytes = 1 << 20;
/** Allocators align blocks to two words. */
const alignmentWords = 2;

/**
 * Runs of blocks that begin at the samples, longest first. A run goes on as long as the block one stride further looks
 * like the samples; at a stride that is not the blocks' distance it ends at once.
 * @param most blocks in a run; the first run of that length is good enough and ends the search
 */
export function findRuns(allocation: ReportAllocation, test: BlockTest, most: number): BlockRun[] {
  const stride = allocation.strideBytes;
  const runs: BlockRun[] = [];
  for (const start of sampleBlocks(allocation).slice(0, samplesToTry)) {
    const last = runs.at(-1);
    // A sample inside of the run before adds nothing.
    if (last && start < last.start + last.count * stride) continue;
    let count = 1;
    while (count < most && test.isBlock(start + count * stride)) count++;
    runs.push({ start, count });
    if (count >= most) break;
  }
  return runs.sort((a, b) => b.count - a.count || a.start - b.start);
}

/** Which memory to search for blocks, and how many to find. */
export interface BlockSearch {
  readonly start: Address;
  readonly end: Address;
  readonly most: number;
}

/**
 * Blocks between two addresses that carry the class's marks, whatever stands between them. `start` is a place where a
 * block could begin. Only for classes whose blocks were walked: it finds blocks at any distance, so it proves no stride.
 */
export function searchBlocks(memory: Memory, stride: number, test: BlockTest, search: BlockSearch): Address[] {
  const found: Address[] = [];
  if (!test.hasMarks) return found;
  const step = memory.dump.pointerSize * alignmentWords;
  const bytes = new Uint8Array(chunkBytes + test.size);
  const view = new DataView(bytes.buffer);
  let next = search.start;
  while (next < search.end && found.length < search.most) {
    const from = next;
    const filled = memory.read(from, bytes);
    if (filled < test.size) break;
    for (let offset = 0; offset + test.size <= filled && from + offset < search.end; ) {
      const isBlock = test.matches(view, offset);
      if (isBlock) found.push(from + offset);
      // Blocks do not overlap.
      offset += isBlock ? Math.ceil(stride / step) * step : step;
      next = from + offset;
      if (found.length >= search.most) break;
    }
  }
  return found;
}
