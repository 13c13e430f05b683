import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { writableRuns } from '../captured-runs.ts';
import { knownSizeClasses, type SizeClasses } from './size-classes.ts';

/** Where the fields stand in the first word of an extent's record; bits, counted from the lowest. */
export interface RecordLayout {
  readonly version: string;
  readonly stateShift: number;
  readonly stateMask: number;
  readonly szindShift: number;
  readonly nfreeShift: number;
  /** Bytes that records are aligned to. */
  readonly alignment: number;
}

/** include/jemalloc/internal/edata.h of 5.3, and extent_structs.h of 5.1 and 5.2. */
const layouts: readonly RecordLayout[] = [
  { version: '5.3', stateShift: 17, stateMask: 7, szindShift: 20, nfreeShift: 28, alignment: 128 },
  { version: '5.2', stateShift: 16, stateMask: 3, szindShift: 18, nfreeShift: 26, alignment: 64 },
];

/** A mapping out of which jemalloc hands memory to itself: arenas, extents' records, the radix tree. */
export interface BaseBlock {
  readonly start: Address;
  /** End of what is handed out; what follows was never used. */
  readonly usedEnd: Address;
  readonly layout: RecordLayout;
  readonly classes: SizeClasses;
}

/** Base blocks are multiples of a huge page and aligned to one (HUGEPAGE in base.c). */
const hugePage = 1 << 21;

/** An arena index that stands for none. */
export const noArena = 0xfff;

const slabBit = 1 << 12;
const largestBlock = 2 ** 40;

/**
 * Finds base blocks by probing one place in every two MiB of writable memory. A block starts with its size, the next
 * block and the record of its unused rest; that rest must end where the block ends, and its record must say so in
 * the one way a version of jemalloc says it (jemalloc src/base.c).
 */
export function findBaseBlocks(memory: Memory): BaseBlock[] {
  const blocks: BaseBlock[] = [];
  for (const run of writableRuns(memory.dump)) {
    let at = Math.ceil(run.start / hugePage) * hugePage;
    while (at < run.end) {
      const block = readBaseBlock(memory, at);
      if (block === undefined) {
        at += hugePage;
        continue;
      }
      blocks.push(block);
      at = Math.ceil(block.usedEnd / hugePage) * hugePage;
    }
  }
  return blocks;
}

function readBaseBlock(memory: Memory, start: Address): BaseBlock | undefined {
  const size = memory.i64(start);
  if (size === undefined || size <= 0 || size % hugePage !== 0 || size > largestBlock) return undefined;
  const next = memory.i64(start + 8);
  if (next === undefined || next < 0 || next % hugePage !== 0) return undefined;
  const usedEnd = memory.i64(start + 24);
  const rest = memory.i64(start + 32);
  if (usedEnd === undefined || rest === undefined || rest < 0 || usedEnd <= start) return undefined;
  if (usedEnd + rest !== start + size) return undefined;
  const bits = memory.u32(start + 16);
  if (bits === undefined || (bits & noArena) !== noArena || (bits & slabBit) !== 0) return undefined;
  for (const layout of layouts) {
    if (((bits >>> layout.stateShift) & layout.stateMask) !== 0) continue;
    const classes = knownSizeClasses.find(({ count }) => count === ((bits >>> layout.szindShift) & 0xff));
    if (classes !== undefined) return { start, usedEnd, layout, classes };
  }
  return undefined;
}
