import type { Dump } from '../../model/dump.ts';
import type { Allocator, RequestRange } from '../allocator.ts';
import { findHeaps } from './find-heaps.ts';
import { walkHeap } from './walk.ts';

/** Header bytes that a block's user part follows, less what it may use of the next block's header. */
const overhead = 8;

/**
 * The NT heap of Windows: 2000 to 11, 32 and 64 bit, with the low-fragmentation heap of Vista and later. Not the
 * segment heap of Windows 10 and later, and not the low-fragmentation heap of Windows 2003, whose containers count
 * as one block each.
 */
export const ntHeap = {
  id: 'nt-heap',
  displayName: 'Windows NT heap',
  reference: 'https://learn.microsoft.com/windows-hardware/drivers/debuggercmds/-heap',
  headerBytes: (dump) => 2 * dump.pointerSize,
  findHeaps,
  walk: walkHeap,
  requestRange,
  otherStrides,
} as const satisfies Allocator;

/**
 * Without debugging flags; what a block's tail check and extra data take is in the request that the visitor is told.
 * Front-end blocks can be larger than the rounded request as well.
 */
function requestRange(stride: number, dump: Dump): RequestRange | null {
  const granule = 2 * dump.pointerSize;
  const smallest = 2 * granule;
  if (stride < smallest || stride % granule !== 0) return null;
  const max = stride - overhead;
  return { min: stride === smallest ? 0 : max - granule + 1, max };
}

/** A free block has two granules at least: one that would be left over is given along. */
function otherStrides(stride: number, dump: Dump): readonly number[] {
  return [stride + 2 * dump.pointerSize];
}
