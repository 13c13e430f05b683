import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { type BaseBlock, noArena } from './base-blocks.ts';
import { type PageSize, pageSizes } from './size-classes.ts';

/** A run of pages that jemalloc manages as one. */
export interface Extent {
  /** Page-aligned. */
  readonly start: Address;
  /** Bytes, whole pages. */
  readonly size: number;
  readonly arena: number;
  readonly kind: 'slab' | 'large' | 'free';
  /** Of a slab: bytes of each region. Of a large extent: usable bytes. Of a free one: its size. */
  readonly classSize: number;
  /** Address of its record. */
  readonly record: Address;
  /** Of a slab: where in `bitmaps` its bits stand, one a region, set when it is free. Else -1. */
  readonly bitmap: number;
}

export interface Extents {
  readonly pageSize: PageSize;
  /** Sorted by start, never overlapping. */
  readonly extents: readonly Extent[];
  /** The bits of all slabs, in 32-bit words: hundreds of thousands of small arrays would take far more. */
  readonly bitmaps: Uint32Array;
}

const chunkBytes = 1 << 20;
const bitmapWord = 16;
const slabBit = 1 << 12;
const committedBit = 1 << 13;

/**
 * The extents whose records stand in the base blocks. A record is taken only when all that it says agrees: class,
 * size, and for slabs the number of bits set with the number of free regions. Builds for larger pages divide their
 * records otherwise: the page size by which most slabs make sense is the right one.
 */
export function readExtents(memory: Memory, blocks: readonly BaseBlock[]): Extents | undefined {
  let best: Extents | undefined;
  let mostSlabs = 0;
  for (const pageSize of pageSizes) {
    const read = readWithPageSize(memory, blocks, pageSize);
    const slabs = read.extents.reduce((count, { kind }) => count + (kind === 'slab' ? 1 : 0), 0);
    if (slabs <= mostSlabs) continue;
    best = read;
    mostSlabs = slabs;
  }
  return best;
}

function readWithPageSize(memory: Memory, blocks: readonly BaseBlock[], pageSize: PageSize): Extents {
  const found: Found = { pageSize, extents: [], bitmaps: new Uint32Array(1 << 12), bitmapsLength: 0 };
  // A slab's record ends with its bitmap; those at a piece's end reach into the next one.
  const recordBytes = bitmapWord * 4 + pageSize.mostRegions / 8;
  const bytes = new Uint8Array(chunkBytes + recordBytes);
  for (const block of blocks) {
    for (let at = block.start; at < block.usedEnd; at += chunkBytes) {
      const got = memory.read(at, bytes.subarray(0, Math.min(bytes.length, block.usedEnd - at)));
      scanChunk(new Uint32Array(bytes.buffer, 0, got >>> 2), at, block, found);
    }
  }
  return { pageSize, extents: withoutOverlaps(found.extents), bitmaps: found.bitmaps };
}

interface Found {
  readonly pageSize: PageSize;
  readonly extents: Extent[];
  bitmaps: Uint32Array;
  bitmapsLength: number;
}

function scanChunk(words: Uint32Array, address: Address, block: BaseBlock, found: Found): void {
  const step = block.layout.alignment >>> 2;
  const end = Math.min(chunkBytes / 4, words.length - bitmapWord);
  for (let at = 0; at < end; at += step) {
    // Most places hold no record: no address, or none that a process has, or a size that no extent has.
    const addressHigh = words[at + 3]!;
    if (addressHigh > 0xffff || words[at + 5]! > 0xff || (words[at]! & committedBit) === 0) continue;
    const extent = readExtent(words, at, address + at * 4, block, found);
    if (extent !== undefined) found.extents.push(extent);
  }
}

function readExtent(
  words: Uint32Array,
  at: number,
  record: Address,
  block: BaseBlock,
  found: Found,
): Extent | undefined {
  const { layout, classes } = block;
  const bits = words[at]!;
  const arena = bits & noArena;
  const { smallestLarge, largePad, bytes: pageBytes } = found.pageSize;
  // Below the page size stand a serial number, and how far into its page a large object starts.
  const size = words[at + 5]! * 4294967296 + wholePages(words[at + 4]!, pageBytes);
  const start = words[at + 3]! * 4294967296 + wholePages(words[at + 2]!, pageBytes);
  if (arena === noArena || size === 0 || start === 0) return undefined;
  const offset = words[at + 2]! % pageBytes;
  const szind = (bits >>> layout.szindShift) & 0xff;
  const state = (bits >>> layout.stateShift) & layout.stateMask;
  // An extent loses its class before it is freed; the slab bit may stay. Above 3 are states of a moment.
  if (szind === classes.count) {
    if (state === 0 || state > 3 || offset !== 0) return undefined;
    return { start, size, arena, kind: 'free', classSize: size, record, bitmap: -1 };
  }
  const classSize = classes.sizes[szind];
  if (state !== 0 || classSize === undefined) return undefined;
  if ((bits & slabBit) === 0) {
    // Small objects that the profiler picked get an extent of their own too.
    const usable = Math.max(classSize, smallestLarge);
    if (size !== usable + largePad && (size !== usable || offset !== 0)) return undefined;
    return { start, size, arena, kind: 'large', classSize, record, bitmap: -1 };
  }
  if (offset !== 0 || classSize >= smallestLarge) return undefined;
  const bitmap = takeBitmap(words, at, size / classSize, layout.nfreeShift, found);
  return bitmap < 0 ? undefined : { start, size, arena, kind: 'slab', classSize, record, bitmap };
}

/** Keeps the bitmap of a slab of so many regions; -1 when it disagrees with the count of free ones beside it. */
function takeBitmap(words: Uint32Array, at: number, regions: number, nfreeShift: number, found: Found): number {
  const { mostRegions } = found.pageSize;
  const first = at + bitmapWord;
  const length = Math.ceil(regions / 64) * 2;
  if (!Number.isInteger(regions) || regions > mostRegions || first + length > words.length) return -1;
  const freeMask = 2 * mostRegions - 1;
  const freeCount = ((words[at]! >>> nfreeShift) | (words[at + 1]! << (32 - nfreeShift))) & freeMask;
  let set = 0;
  for (let word = 0; word < length; word += 1) set += bitCount(words[first + word]!);
  if (set !== freeCount) return -1;
  for (let bit = regions; bit < length * 32; bit += 1) {
    if (((words[first + (bit >>> 5)]! >>> (bit & 31)) & 1) !== 0) return -1;
  }
  return keepBitmap(words.subarray(first, first + length), found);
}

function keepBitmap(bitmap: Uint32Array, found: Found): number {
  const at = found.bitmapsLength;
  if (at + bitmap.length > found.bitmaps.length) {
    const larger = new Uint32Array(found.bitmaps.length * 2);
    larger.set(found.bitmaps);
    found.bitmaps = larger;
  }
  found.bitmaps.set(bitmap, at);
  found.bitmapsLength += bitmap.length;
  return at;
}

function wholePages(low: number, pageBytes: number): number {
  return low - (low % pageBytes);
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Sorted, and without the records that are no longer true: the record of an extent that was merged into another is
 * kept for reuse with all that it said. Where two overlap, one in use is believed before a free one.
 */
function withoutOverlaps(extents: readonly Extent[]): Extent[] {
  const rank = (extent: Extent): number => (extent.kind === 'free' ? 1 : 0);
  const sorted = [...extents].sort((a, b) => a.start - b.start || rank(a) - rank(b) || b.size - a.size);
  const kept: Extent[] = [];
  for (const extent of sorted) {
    let last = kept.at(-1);
    while (
      last !== undefined &&
      last.kind === 'free' &&
      extent.kind !== 'free' &&
      extent.start < last.start + last.size
    ) {
      kept.pop();
      last = kept.at(-1);
    }
    if (last === undefined || extent.start >= last.start + last.size) kept.push(extent);
  }
  return kept;
}
