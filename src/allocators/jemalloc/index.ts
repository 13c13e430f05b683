import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import { findBaseBlocks } from './base-blocks.ts';
import { type Extent, type Extents, readExtents } from './extents.ts';
import { requestRangeOf, smallestLarge } from './size-classes.ts';
import { readThreadCaches } from './thread-caches.ts';

interface JemallocState extends Extents {
  /** Objects in threads' caches, with the bytes of their class. */
  readonly cached: ReadonlyMap<Address, number>;
}

const blocksPerStep = 4096;
const pageBytes = 4096;

/** Builds for larger pages have larger records, which are not read; there are 4 KiB slabs in any other heap. */
const largerPage = 16384;

/**
 * jemalloc 5.1 to 5.3 on 64-bit little-endian systems with 4 KiB pages. One heap per arena. Counts are exact: what
 * threads keep in their caches is told as free. Large blocks are told as the pages they take, padding included.
 */
export const jemalloc: Allocator = {
  id: 'jemalloc',
  displayName: 'jemalloc',
  reference: 'https://github.com/jemalloc/jemalloc/blob/5.3.0/include/jemalloc/internal/edata.h',
  headerBytes: () => 0,
  findHeaps,
  walk: (heap, _memory, visitor) => walk(heap.state as JemallocState, visitor),
  requestRange: (stride) => requestRangeOf(stride),
};

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || !dump.hasAddresses) return [];
  const blocks = findBaseBlocks(memory);
  if (blocks.length === 0) return [];
  const { extents: all, bitmaps } = readExtents(memory, blocks);
  if (all.every(({ size }) => size % largerPage === 0)) return [];
  const byArena = new Map<number, Extent[]>();
  for (const extent of all) {
    const extents = byArena.get(extent.arena);
    if (extents === undefined) byArena.set(extent.arena, [extent]);
    else extents.push(extent);
  }
  const cached = readThreadCaches(memory, blocks);
  return [...byArena.entries()]
    .filter(([, extents]) => extents.some(({ kind }) => kind !== 'free'))
    .sort(([a], [b]) => a - b)
    .map(([arena, extents]) => ({
      address: extents.reduce((lowest, { record }) => Math.min(lowest, record), Number.POSITIVE_INFINITY),
      name: `arena ${arena}`,
      ranges: rangesOf(extents),
      state: { extents, bitmaps, cached } satisfies JemallocState,
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
      const live = extent.kind === 'large' && !isCachedLarge(extent, state.cached);
      visitor.block(extent.start, strideOf(extent), live, -1);
      told += 1;
    }
    if (told >= blocksPerStep) {
      told = 0;
      yield;
    }
  }
}

/** A small object with an extent of its own counts with its class. */
function strideOf({ size, classSize }: Extent): number {
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
function isCachedLarge(extent: Extent, cached: ReadonlyMap<Address, number>): boolean {
  for (let offset = 0; offset < pageBytes; offset += 64) {
    if (cached.get(extent.start + offset) === extent.classSize) return true;
  }
  return false;
}
