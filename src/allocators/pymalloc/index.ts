import type { Memory } from '../../memory/memory.ts';
import type { Dump } from '../../model/dump.ts';
import type { Allocator, BlockVisitor, Heap, RequestRange } from '../allocator.ts';
import { type Arena, findArenaArrays } from './arenas.ts';
import { freeBlocksOf, largestBlock, poolHeaderBytes, readPool } from './pools.ts';

const alignment = 16;

/**
 * CPython's own allocator, for objects and all else up to 512 bytes, on 64-bit little-endian systems: 2.7 to 3.13,
 * without the free-threaded builds, which use mimalloc. Counts are exact, but for objects that types keep in free lists
 * of their own (floats, tuples, frames): those count as live.
 */
export const pymalloc: Allocator = {
  id: 'pymalloc',
  displayName: 'pymalloc (CPython)',
  reference: 'https://github.com/python/cpython/blob/v3.11.2/Objects/obmalloc.c',
  headerBytes: () => 0,
  findHeaps,
  walk: (heap, memory, visitor) => walk(heap.state as readonly Arena[], memory, visitor),
  requestRange: (stride) => requestRangeOf(stride),
};

/**
 * Whether Python may run in the process. What contains it without its name is rare, and to look for its arenas in all static
 * data takes longer than to look for all other heaps.
 */
function mayRunPython({ modules }: Dump): boolean {
  return modules.length === 0 || modules.some(({ path }) => /python[^\\/]*$/i.test(path));
}

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || dump.addressSpace !== 'virtual' || !mayRunPython(dump)) return [];
  return findArenaArrays(memory).map(({ address, arenas }) => ({
    address,
    name: 'arenas',
    ranges: arenas.map(({ start, end }) => ({ start, end })),
    state: arenas,
  }));
}

function* walk(arenas: readonly Arena[], memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  for (const arena of arenas) {
    for (let at = arena.firstPool; at < arena.poolsEnd; at += arena.poolBytes) {
      if (memory.capturedBytesFrom(at, 1) > 0) walkPool(at, arena, memory, visitor);
    }
    yield;
  }
}

function walkPool(start: number, { index, poolBytes }: Arena, memory: Memory, visitor: BlockVisitor): void {
  const pool = readPool(memory, start, poolBytes);
  if (pool?.arenaIndex !== index) {
    visitor.damage(start, 'the header of a pool contradicts itself');
    return;
  }
  // A pool without blocks in use is free for blocks of any size.
  if (pool.used === 0) {
    visitor.block(start, poolBytes, false, -1);
    return;
  }
  const isFree = freeBlocksOf(pool, memory);
  const freeCount = isFree.reduce((sum, one) => sum + one, 0);
  if (freeCount + pool.used !== pool.carved) {
    visitor.damage(start, `${pool.carved} blocks, but ${pool.used} in use and ${freeCount} free`);
  }
  for (const [block, free] of isFree.entries()) {
    visitor.block(start + poolHeaderBytes + block * pool.blockBytes, pool.blockBytes, free === 0, -1);
  }
}

/** Where blocks may be of multiples of 8 or of 16, the usual 16 are meant. */
function requestRangeOf(stride: number): RequestRange | null {
  if (stride > largestBlock || stride % 8 !== 0 || stride === 0) return null;
  const unit = stride % alignment === 0 ? alignment : 8;
  return { min: stride === unit ? 0 : stride - unit + 1, max: stride };
}
