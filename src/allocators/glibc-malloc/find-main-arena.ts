import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { MemoryRegion } from '../../model/dump.ts';
import { type Arena, isWithoutHeap, readArena } from './arena.ts';
import { binCount, binsOffsets, type Layout, layoutOf } from './layout.ts';

/** A page at least; the kernel maps nothing finer. */
const pageSize = 4096;

/** Where main_arena is looked for beyond images: static data of a program without a list of mapped files. */
const largestPrivateRegion = 16 << 20;
const privateBytesBudget = 256 << 20;

/** Bytes scanned at a time; pieces overlap by a pair. */
const pieceBytes = 1 << 16;

/** Arenas in a ring: the limit is 8 per core. */
const largestRing = 1 << 16;

/** A bin's look-alikes that lead to no arena before a region is given up; a real one is among the first. */
const failureLimit = 1000;

/**
 * Finds main_arena without symbols, by its bins: an empty one is a pair of pointers that both hold the pair's own
 * address less two words. The ring of `next` pointers proves it and tells where the structure starts.
 * Looks at writable data of images, libc's first, then at small private regions.
 */
export function findMainArena(memory: Memory): Arena | undefined {
  const writable = memory.dump.regions.filter((region) => region.writable);
  const images = writable.filter(({ kind }) => kind === 'image' || kind === 'mapped-file');
  const isLibc = ({ name }: MemoryRegion) => /(^|\/)libc[-.]/.test(name);
  const found =
    findIn(memory, images.filter(isLibc)) ??
    findIn(
      memory,
      images.filter((region) => !isLibc(region)),
    );
  return found ?? findIn(memory, smallPrivateRegions(writable));
}

function smallPrivateRegions(writable: readonly MemoryRegion[]): MemoryRegion[] {
  const small = writable
    .filter(({ kind, start, end }) => kind !== 'image' && kind !== 'stack' && end - start <= largestPrivateRegion)
    .sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start);
  let budget = privateBytesBudget;
  return small.filter(({ start, end }) => {
    budget -= end - start;
    return budget >= 0;
  });
}

/** The first arena that has a heap, else the first one: a program may hold a second, unused libc. */
function findIn(memory: Memory, regions: readonly MemoryRegion[]): Arena | undefined {
  let withoutHeap: Arena | undefined;
  for (const region of regions) {
    const arena = findInRegion(memory, region);
    if (arena !== undefined && !isWithoutHeap(arena)) return arena;
    withoutHeap ??= arena;
  }
  return withoutHeap;
}

function findInRegion(memory: Memory, region: MemoryRegion): Arena | undefined {
  const { pointerSize } = memory.dump;
  const pair = 2 * pointerSize;
  const piece = new Uint8Array(pieceBytes + pair);
  const view = new DataView(piece.buffer);
  let failures = 0;
  for (let start = region.start; start < region.end; start += pieceBytes) {
    const got = memory.read(start, piece.subarray(0, Math.min(piece.length, region.end - start)));
    for (let place = 0; place + pair <= got; place += pointerSize) {
      if (!mayBeEmptyBin(view, place, start, memory)) continue;
      const arena = arenaAround(memory, start + place);
      if (arena !== undefined) return arena;
      failures += 1;
      if (failures > failureLimit) return undefined;
    }
  }
  return undefined;
}

/** Compares the low 4 bytes only: what passes is looked at again. */
function mayBeEmptyBin(view: DataView, place: number, start: Address, { dump }: Memory): boolean {
  const { pointerSize, littleEndian } = dump;
  const low = littleEndian || pointerSize === 4 ? 0 : 4;
  const first = view.getUint32(place + low, littleEndian);
  if (first !== (start + place - 2 * pointerSize) >>> 0) return false;
  return first === view.getUint32(place + pointerSize + low, littleEndian);
}

/** The main arena that has an empty bin at `pair`, whichever bin that is. */
function arenaAround(memory: Memory, pair: Address): Arena | undefined {
  const { pointerSize, architecture } = memory.dump;
  if (!isEmptyBin(memory, pair)) return undefined;
  for (let index = 0; index < binCount; index += 1) {
    const bins = pair - index * 2 * pointerSize;
    for (const offset of binsOffsets[pointerSize]) {
      const layout = layoutOf(pointerSize, offset, architecture);
      const arena = checkedArena(memory, layout, bins - offset);
      if (arena !== undefined) return arena;
    }
  }
  return undefined;
}

function isEmptyBin(memory: Memory, pair: Address): boolean {
  const { pointerSize } = memory.dump;
  const bin = pair - 2 * pointerSize;
  return memory.word(pair) === bin && memory.word(pair + pointerSize) === bin;
}

function checkedArena(memory: Memory, layout: Layout, address: Address): Arena | undefined {
  if (!ringArenas(memory, layout, address).closed) return undefined;
  const arena = readArena(memory, layout, address);
  if (arena === undefined) return undefined;
  const topCaptured = arena.topEnd > arena.top;
  if (topCaptured && !isWithoutHeap(arena) && arena.topEnd % pageSize !== 0) return undefined;
  return hasBins(memory, layout, address) ? arena : undefined;
}

/**
 * The arenas on the ring of `next` pointers, `address` first, as far as it can be followed.
 * `closed` when it leads back to `address`.
 */
export function ringArenas(
  memory: Memory,
  layout: Layout,
  address: Address,
): { readonly addresses: readonly Address[]; readonly closed: boolean } {
  const addresses = [address];
  const seen = new Set(addresses);
  let next = memory.word(address + layout.nextOffset);
  while (next !== undefined && next > 0 && !seen.has(next) && seen.size < largestRing) {
    addresses.push(next);
    seen.add(next);
    next = memory.word(next + layout.nextOffset);
  }
  return { addresses, closed: next === address };
}

/**
 * Whether `binCount` pairs of pointers stand where an arena's bins are: empty ones, or lists that lead back where
 * their chunks were captured. Some may be damaged or just being changed.
 */
export function hasBins(memory: Memory, layout: Layout, address: Address): boolean {
  const { word, binsOffset } = layout;
  let wrong = 0;
  for (let index = 0; index < binCount && wrong <= binCount / 8; index += 1) {
    const pair = address + binsOffset + index * 2 * word;
    const bin = pair - 2 * word;
    const forward = memory.word(pair);
    const back = memory.word(pair + word);
    if (forward === bin && back === bin) continue;
    if (!forward || !back || forward % word !== 0 || back % word !== 0) wrong += 1;
    else if ((memory.word(forward + 3 * word) ?? bin) !== bin || (memory.word(back + 2 * word) ?? bin) !== bin)
      wrong += 1;
  }
  return wrong <= binCount / 8;
}
