import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-jemalloc-heap.ts';

/** A block that was handed out once is live or on the pool's list. */
export interface PoolModel {
  readonly blockBytes: number;
  readonly live: readonly boolean[];
  /** Added to the count of blocks in use. */
  readonly wrongUsed?: number;
}

export interface ArenaModel {
  readonly start: Address;
  readonly pools: readonly PoolModel[];
}

export interface PymallocModel {
  /** 16 KiB since CPython 3.10, 4 KiB before. */
  readonly poolBytes: 16384 | 4096;
  /** Multiples of which blocks are: 16, or 8 in old versions. */
  readonly unit: 16 | 8;
  /** Undefined entries of the array have no memory. */
  readonly arenas: readonly (ArenaModel | undefined)[];
  /** Entries of arenas without free pools whose links lead to where the array was before. */
  readonly staleLinks?: boolean;
}

export const staticData = 0x7f44_1000_0000;
const arrayPointerAt = staticData + 0x1238;
export const arrayAt = 0x5555_6000_0010;
const formerArray = 0x5555_5000_0010;
const entryBytes = 48;
const entryCount = 16;

/** Writes the array of arenas, and their pools; returns the blocks by address. */
export function writePymallocHeap(image: MemoryImage, model: PymallocModel): ExpectedBlock[] {
  const expected: ExpectedBlock[] = [];
  image.commit(staticData, staticData + 0x4000);
  image.pointer(8, arrayPointerAt, arrayAt);
  const entries = Math.max(entryCount, model.arenas.length);
  image.commit(arrayAt, arrayAt + entries * entryBytes);
  for (let index = 0; index < entries; index++) {
    const entry = arrayAt + index * entryBytes;
    const arena = model.arenas[index];
    if (arena) expected.push(...writeArena(image, arena, { entry, index, model }));
    else if (index + 1 < entries) image.pointer(8, entry + 32, entry + entryBytes);
  }
  return expected.sort((a, b) => a.address - b.address);
}

function writeArena(
  image: MemoryImage,
  { start, pools }: ArenaModel,
  { entry, index, model }: { readonly entry: Address; readonly index: number; readonly model: PymallocModel },
): ExpectedBlock[] {
  const { poolBytes, unit } = model;
  const isOdd = start % poolBytes !== 0;
  const firstPool = isOdd ? start - (start % poolBytes) + poolBytes : start;
  const total = isOdd ? 63 : 64;
  image.commit(start, start + 64 * poolBytes);
  const emptyPools = pools.filter(({ live }) => !live.includes(true)).length;
  const freePools = total - pools.length + emptyPools;
  image.pointer(8, entry, start);
  image.pointer(8, entry + 8, firstPool + pools.length * poolBytes);
  image.u32(entry + 16, freePools);
  image.u32(entry + 20, total);
  if (freePools === 0 && model.staleLinks) image.pointer(8, entry + 32, formerArray + 5 * entryBytes);
  return pools.flatMap((pool, place) =>
    writePool(image, pool, { start: firstPool + place * poolBytes, index, poolBytes, unit }),
  );
}

function writePool(
  image: MemoryImage,
  { blockBytes, live, wrongUsed = 0 }: PoolModel,
  place: { readonly start: Address; readonly index: number; readonly poolBytes: number; readonly unit: number },
): ExpectedBlock[] {
  const { start, index, poolBytes, unit } = place;
  const used = live.filter(Boolean).length;
  image.u32(start, used + wrongUsed);
  image.u32(start + 32, index);
  image.u32(start + 36, blockBytes / unit - 1);
  image.u32(start + 40, 48 + live.length * blockBytes);
  image.u32(start + 44, poolBytes - blockBytes);
  // The list leads from the block that was freed last to the first one; that order is taken here.
  let freed = 0;
  for (const [block, isLive] of live.entries()) {
    const address = start + 48 + block * blockBytes;
    if (isLive) {
      image.pointer(8, address + 8, 0x7f44_1000_2000);
      continue;
    }
    image.pointer(8, address, freed);
    freed = address;
  }
  image.pointer(8, start + 8, freed);
  if (used === 0) return [{ address: start, stride: poolBytes, live: false, request: -1 }];
  return live.map((isLive, block) => ({
    address: start + 48 + block * blockBytes,
    stride: blockBytes,
    live: isLive,
    request: -1,
  }));
}
