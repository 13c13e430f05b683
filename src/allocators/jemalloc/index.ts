import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Dump } from '../../model/dump.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import { findBaseBlocks } from './base-blocks.ts';
import { type Extent, type Extents, readExtents } from './extents.ts';
import { type PageSize, pageSizes, requestRangeOf } from './size-classes.ts';
import { readThreadCaches } from './thread-caches.ts';

interface JemallocState extends Extents {
  /** Objects in threads' caches, with the bytes of their class. */
  readonly cached: ReadonlyMap<Address, number>;
}

const blocksPerStep = 4096;

/** What jemalloc was built for, where a heap was found: strides of large blocks depend on it. */
const pageSizeOf = new WeakMap<Dump, PageSize>();

/**
 * jemalloc 5.1 to 5.3 on 64-bit little-endian systems. One heap per arena. Counts are exact: what
 * threads keep in their caches is told as free. Large blocks are told as the pages they take, padding included.
 */
export const jemalloc: Allocator = {
  id: 'jemalloc',
  displayName: 'jemalloc',
  reference: 'https://github.com/jemalloc/jemalloc/blob/5.3.0/include/jemalloc/internal/edata.h',
  headerBytes: () => 0,
  findHeaps,
  walk: (heap, _memory, visitor) => walk(heap.state as JemallocState, visitor),
  requestRange: (stride, dump) => requestRangeOf(stride, pageSizeOf.get(dump) ?? pageSizes[0]!),
};

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || dump.addressSpace !== 'virtual') return [];
  const blocks = findBaseBlocks(memory);
  if (blocks.length === 0) return [];
  const all = readExtents(memory, blocks);
  if (all === undefined) return [];
  pageSizeOf.set(dump, all.pageSize);
  const byArena = new Map<number, Extent[]>();
  for (const extent of all.extents) {
    const extents = byArena.get(extent.arena);
    if (extents === undefined) byArena.set(extent.arena, [extent]);
    else extents.push(extent);
  }
  const cached = readThreadCaches(memory, blocks, all.pageSize);
  return [...byArena.entries()]
    .filter(([, extents]) => extents.some(({ kind }) => kind !== 'free'))
    .sort(([a], [b]) => a - b)
    .map(([arena, extents]) => ({
      address: extents.reduce((lowest, { record }) => Math.min(lowest, record), Number.POSITIVE_INFINITY),
      name: `arena ${arena}`,
      ranges: rangesOf(extents),
      state: { ...all, extents, cached } satisfies JemallocState,
    }));
}

function rangesOf(extents: readonly Extent[]): { start: Address; end: Address }[] {
  const ranges: { start: Address; end: Address }[] = [];
  for (const { start, size } of extents) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = start + size;
    else ranges.push({ start, end: start + size });
  }
  return ranges;
}

function* walk(state: JemallocState, visitor: BlockVisitor): Generator<void, void> {
  let told = 0;
  for (const extent of state.extents) {
    if (extent.kind === 'slab') told += walkSlab(extent, state, visitor);
    else {
      const live = extent.kind === 'large' && !isCachedLarge(extent, state);
      visitor.block(extent.start, strideOf(extent, state.pageSize), live, -1);
      told += 1;
    }
    if (told >= blocksPerStep) {
      told = 0;
      yield;
    }
  }
}

/** A small object with an extent of its own counts with its class. */
function strideOf({ size, classSize }: Extent, { smallestLarge }: PageSize): number {
  return classSize < smallestLarge ? classSize : size;
}

function walkSlab(slab: Extent, { bitmaps, cached }: JemallocState, visitor: BlockVisitor): number {
  const { start, classSize, bitmap } = slab;
  const regions = slab.size / classSize;
  for (let region = 0; region < regions; region += 1) {
    const address = start + region * classSize;
    const free = ((bitmaps[bitmap + (region >>> 5)]! >>> (region & 31)) & 1) !== 0;
    visitor.block(address, classSize, !free && cached.get(address) !== classSize, -1);
  }
  return regions;
}

/** Large objects start at a random cache line of the first page (cache_oblivious). */
function isCachedLarge(extent: Extent, { cached, pageSize }: JemallocState): boolean {
  if (cached.size === 0) return false;
  for (let offset = 0; offset < pageSize.bytes; offset += 64) {
    if (cached.get(extent.start + offset) === extent.classSize) return true;
  }
  return false;
}
