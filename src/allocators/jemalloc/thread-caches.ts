import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BaseBlock } from './base-blocks.ts';
import type { PageSize } from './size-classes.ts';

/** A stack of freed objects of one class that a thread keeps for itself. */
interface CacheBin {
  readonly szind: number;
  /** Address of its first entry; entries are pointers, upwards from there. */
  readonly entries: Address;
  readonly count: number;
}

const chunkBytes = 1 << 20;
const binBytes = 24;
const mostThreads = 1 << 16;
const mostBins = 128;
/** Bins tell their bounds by the low 16 bits of addresses (CACHE_BIN_NCACHED_MAX). */
const mostEntries = (1 << 13) - 1;
/** In all; a thread's cache holds a few hundred of each small class. A Map holds no more than 2^24. */
const mostCached = 1 << 23;

/**
 * Objects that threads have freed and keep for the next malloc, by address, with the class each belongs to. The slabs
 * count them as handed out. Arenas stand in base blocks and head a ring of their threads' caches (arena_structs.h:
 * tcache_ql, cache_bin_array_descriptor_ql); a cache is believed when it points back.
 */
export function readThreadCaches(
  memory: Memory,
  blocks: readonly BaseBlock[],
  { smallestLarge }: PageSize,
): Map<Address, number> {
  const cached = new Map<Address, number>();
  const seen = new Set<Address>();
  for (const block of blocks) {
    for (const descriptor of descriptorsOf(memory, block, seen)) {
      const smallBins = block.classes.sizes.indexOf(smallestLarge);
      for (const bin of binsOf(memory, block, descriptor, smallBins)) readBin(memory, block, bin, cached);
    }
  }
  return cached;
}

function readBin(memory: Memory, block: BaseBlock, bin: CacheBin, cached: Map<Address, number>): void {
  const size = block.classes.sizes[bin.szind];
  if (size === undefined) return;
  for (let entry = 0; entry < bin.count; entry += 1) {
    const object = memory.i64(bin.entries + entry * 8);
    if (object === undefined || cached.size >= mostCached) return;
    if (object > 0) cached.set(object, size);
  }
}

/** A pair of list heads in an arena: of the caches and of what describes their bins. */
interface ListHeads {
  readonly cache: Address;
  readonly descriptor: Address;
}

function* descriptorsOf(memory: Memory, block: BaseBlock, seen: Set<Address>): Generator<Address, void> {
  for (const { cache, descriptor } of listHeadsIn(memory, block)) {
    const distance = descriptor - cache;
    let at: Address | undefined = descriptor;
    while (at !== undefined && !seen.has(at) && seen.size < mostThreads) {
      if (!isDescriptor(memory, block, at - distance, at)) break;
      seen.add(at);
      yield at;
      at = memory.i64(at);
    }
  }
}

function* listHeadsIn(memory: Memory, block: BaseBlock): Generator<ListHeads, void> {
  const bytes = new Uint8Array(chunkBytes + 16);
  for (let at = block.start; at < block.usedEnd; at += chunkBytes) {
    const got = memory.read(at, bytes.subarray(0, Math.min(bytes.length, block.usedEnd - at)));
    const words = new Uint32Array(bytes.buffer, 0, got >>> 2);
    for (let i = 0; i + 4 <= words.length; i += 2) {
      const high = words[i + 1]!;
      if (high === 0 || high > 0xffff || words[i + 3] !== high) continue;
      const distance = words[i + 2]! - words[i]!;
      if (distance < 16 || distance > 4096) continue;
      const cache = high * 4294967296 + words[i]!;
      if (isDescriptor(memory, block, cache, cache + distance)) yield { cache, descriptor: cache + distance };
    }
  }
}

/** Whether these two describe one thread's cache: they point at each other, and at an arena in a base block. */
function isDescriptor(memory: Memory, block: BaseBlock, cache: Address, descriptor: Address): boolean {
  const bins = memory.i64(descriptor + 16);
  if (bins === undefined) return false;
  if (block.layout.version === '5.2') {
    return bins === cache + 16 && isIn(block, memory.i64(descriptor + 32));
  }
  return descriptor === cache + 16 && memory.i64(bins - 8) === cache && isIn(block, memory.i64(descriptor + 24));
}

function isIn(block: BaseBlock, address: Address | undefined): boolean {
  return address !== undefined && address >= block.start && address < block.usedEnd;
}

function binsOf(memory: Memory, block: BaseBlock, descriptor: Address, smallBins: number): CacheBin[] {
  const first = memory.i64(descriptor + 16)!;
  if (block.layout.version !== '5.2') return readBins(memory, first, 0, mostBins, readBin53);
  const large = memory.i64(descriptor + 24);
  return [
    ...readBins(memory, first, 0, smallBins, readBin52),
    ...(large === undefined ? [] : readBins(memory, large, smallBins, mostBins, readBin52)),
  ];
}

type ReadCacheBin = (memory: Memory, at: Address, szind: number) => CacheBin | undefined;

/** Bins stand one after the other; the first that was never set up ends them. */
function readBins(memory: Memory, at: Address, firstSzind: number, limit: number, readOne: ReadCacheBin): CacheBin[] {
  const bins: CacheBin[] = [];
  for (let index = 0; index < limit; index += 1) {
    const bin = readOne(memory, at + index * binBytes, firstSzind + index);
    if (bin === undefined) break;
    bins.push(bin);
  }
  return bins;
}

/** jemalloc 5.3: the stack's head, and the low bits of where it would be if empty (cache_bin.h). */
function readBin53(memory: Memory, at: Address, szind: number): CacheBin | undefined {
  const head = memory.i64(at);
  const emptyBits = memory.u16(at + 20);
  if (head === undefined || head <= 0 || head % 8 !== 0 || emptyBits === undefined) return undefined;
  const used = (emptyBits - (head % 65536) + 65536) % 65536;
  return used % 8 === 0 ? { szind, entries: head, count: used / 8 } : undefined;
}

/** jemalloc 5.1 and 5.2: how many are cached, and the end of the stack that they fill from below. */
function readBin52(memory: Memory, at: Address, szind: number): CacheBin | undefined {
  const count = memory.u32(at + 4);
  const end = memory.i64(at + 16);
  if (count === undefined || count > mostEntries || end === undefined || end <= 0 || end % 8 !== 0) return undefined;
  return { szind, entries: end - count * 8, count };
}
