import type { Memory } from '../../memory/memory.ts';
import { readWordHalves } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';
import type { MemoryRegion } from '../../model/dump.ts';
import { bySize, type Interval, intervalsLike } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { type Arena, isThreadArena, isWithoutHeap, readArena } from './arena.ts';
import { binCount, binsOffsets, type Layout, layoutOf } from './layout.ts';

/** A page at least; the kernel maps nothing finer. */
const pageSize = 4096;

/** Writable data of one image; what is larger is no static data that a linker has laid out. */
const largestImageRegion = 256 << 20;

/** Where main_arena is looked for beyond images: static data of a program without a list of mapped files. */
const largestOtherRegion = 16 << 20;
const otherBytesBudget = 256 << 20;

/** Bytes scanned at a time; pieces overlap by a pair. */
const pieceBytes = 1 << 16;

/** Arenas in a ring: glibc makes 8 for each core at most. */
const largestRing = 4096;

/** A bin's look-alikes that lead to no arena before a region is given up; a real one is among the first. */
const failureLimit = 1000;

/**
 * Finds main_arena without symbols, by its bins: an empty one is a pair of pointers that both hold the pair's own
 * address less two words. The ring of `next` pointers proves it and tells where the structure starts.
 * Looks at writable data of images, libc's first. main_arena has initial values, so it is mapped from a file: where the
 * files of regions are known, nothing but files is looked at; else all small regions.
 */
export function findMainArena(memory: Memory): Arena | undefined {
  const { regions } = memory.dump;
  const images = regions.filter(
    ({ writable, kind, start, end }) => writable && kind === 'image' && end - start <= largestImageRegion,
  );
  const libc = images.filter(({ name }) => /(^|\/)libc[-.]/.test(name));
  const libraries = images.filter((region) => !libc.includes(region));
  return (
    findIn(memory, libc) ?? findIn(memory, libraries) ?? findIn(memory, smallOtherRegions(regions, images.length > 0))
  );
}

/** Of files only, or of all but images and stacks; the smallest first. */
function* smallOtherRegions(regions: List<MemoryRegion>, isOfFile: boolean): Generator<Interval, void> {
  let budget = otherBytesBudget;
  for (const region of bySize(intervalsLike(smallOnes(), regions))) {
    budget -= region.end - region.start;
    if (budget < 0) return;
    yield region;
  }

  function* smallOnes(): Generator<Interval, void> {
    for (const { writable, kind, start, end } of regions) {
      const isWanted = isOfFile ? kind === 'mapped-file' : kind !== 'stack' && kind !== 'image';
      if (writable && isWanted && end - start <= largestOtherRegion) yield { start, end };
    }
  }
}

/** The first arena that has a heap, else the first one: a program may hold a second, unused libc. */
function findIn(memory: Memory, regions: Iterable<Interval>): Arena | undefined {
  const piece = new Uint32Array((pieceBytes + 2 * memory.dump.pointerSize) / 4);
  let withoutHeap: Arena | undefined;
  for (const region of regions) {
    const arena = findInRegion(memory, region, piece);
    if (arena !== undefined && !isWithoutHeap(arena)) return arena;
    withoutHeap ??= arena;
  }
  return withoutHeap;
}

function findInRegion(memory: Memory, region: Interval, piece: Uint32Array): Arena | undefined {
  const { pointerSize } = memory.dump;
  const wordHalves = pointerSize / 4;
  // Bins of one arena have one phase, so what was tried for one empty bin need not be tried for its neighbours.
  const tried = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let failures = 0;
  let start = region.start;
  while (start < region.end) {
    const wanted = Math.min(piece.length, Math.floor((region.end - start) / pointerSize) * wordHalves);
    const got = readWordHalves(memory, start, piece.subarray(0, wanted));
    // Low halves, signed: larger numbers are slow until the loop is compiled. What passes is looked at again.
    const firstBin = (start - 2 * pointerSize) | 0;
    const last = Math.floor(got / pointerSize) * wordHalves - 2 * wordHalves;
    for (let place = 0; place <= last; place += wordHalves) {
      if ((piece[place]! | 0) !== ((firstBin + place * 4) | 0) || piece[place + wordHalves] !== piece[place]) continue;
      const pair = start + place * 4;
      const phase = (pair / pointerSize) & 1;
      const arena = arenaAround(memory, pair, tried[phase]!);
      if (arena !== undefined) return arena;
      tried[phase] = pair;
      failures += 1;
      if (failures > failureLimit) return undefined;
    }
    // What was not captured is stepped over page by page.
    start = got < wanted * 4 ? Math.floor((start + got) / pageSize + 1) * pageSize : start + pieceBytes;
  }
  return undefined;
}

/** The main arena that has an empty bin at `pair`, whichever bin that is; its bins start after `tried`. */
function arenaAround(memory: Memory, pair: Address, tried: Address): Arena | undefined {
  const { pointerSize, architecture } = memory.dump;
  if (!isEmptyBin(memory, pair)) return undefined;
  let outOfRing: Arena | undefined;
  for (let index = 0; index < binCount; index += 1) {
    const bins = pair - index * 2 * pointerSize;
    if (bins <= tried) break;
    if (!mayStartBins(memory, bins)) continue;
    const layouts = binsOffsets[pointerSize].map((offset) => layoutOf(pointerSize, offset, architecture));
    const read = layouts.map((layout) => checkedArena(memory, layout, bins - layout.binsOffset));
    const arenas = read.filter((arena) => arena !== undefined);
    // Whatever the layout is: what a thread's heap says is its arena is not the main one.
    if (arenas.some((arena) => isThreadArena(memory, arena))) continue;
    const inRing = arenas.find(({ layout, address }) => isInRing(memory, layout, address));
    if (inRing !== undefined) return inRing;
    outOfRing ??= arenas.find((arena) => hasSoundTop(memory, arena));
  }
  return outOfRing;
}

/** A quick look: before the bins stand the top chunk's address and that of the last remainder. */
function mayStartBins(memory: Memory, bins: Address): boolean {
  const { pointerSize } = memory.dump;
  const top = memory.word(bins - 2 * pointerSize);
  return top !== undefined && top > 0 && top % pointerSize === 0;
}

function checkedArena(memory: Memory, layout: Layout, address: Address): Arena | undefined {
  return hasBins(memory, layout, address) ? readArena(memory, layout, address) : undefined;
}

/**
 * For when the ring proves nothing, because another arena in it was not captured: the top chunk ends with a page, or
 * is where the capture ends. The layout is a guess then, which decides little: all that a walk needs stands at the
 * same distance from the bins in every version.
 */
function hasSoundTop(memory: Memory, arena: Arena): boolean {
  const { top, topEnd, layout } = arena;
  if (isWithoutHeap(arena) || (top + layout.header) % layout.alignment !== 0) return false;
  if (topEnd > top) return true;
  return memory.word(top + layout.word) === undefined && memory.word(top - layout.word) !== undefined;
}

function isEmptyBin(memory: Memory, pair: Address): boolean {
  const { pointerSize } = memory.dump;
  const bin = pair - 2 * pointerSize;
  return memory.word(pair) === bin && memory.word(pair + pointerSize) === bin;
}

/** Whether the `next` pointers lead from an arena back to it. */
function isInRing(memory: Memory, layout: Layout, address: Address): boolean {
  const seen = new Set<Address>();
  let next = memory.word(address + layout.nextOffset);
  while (next !== undefined && next > 0 && next !== address && !seen.has(next) && seen.size < largestRing) {
    seen.add(next);
    next = memory.word(next + layout.nextOffset);
  }
  return next === address;
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
