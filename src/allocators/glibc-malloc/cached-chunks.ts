import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Arena } from './arena.ts';
import { chunkFlags, type Layout, sizeIn } from './layout.ts';

/** Entries followed in one list: more than fit any heap that a dump can hold in practice. */
const listLimit = 1 << 26;

/** A singly linked list of chunks, the links of which stand where the program's bytes were. */
interface CachedList {
  readonly head: Address;
  /** What links point at: the chunk (fastbins), or the bytes handed to the program (tcache). */
  readonly linkedOffset: number;
  /** The size that every chunk in it has; undefined where a list is for several. */
  readonly size: number | undefined;
  readonly limit: number;
}

interface FollowedList {
  readonly chunks: readonly Address[];
  /** Whether it ended as a list ends, not in something that is no chunk of it. */
  readonly isWhole: boolean;
}

/** Follows a list, its links plain or protected (safe-linking, 2.32 and later), whichever makes sense. */
export function followList(memory: Memory, layout: Layout, list: CachedList): FollowedList {
  const isProtected = followLinks(memory, layout, list, true);
  if (isProtected.isWhole) return isProtected;
  const plain = followLinks(memory, layout, list, false);
  return plain.isWhole || plain.chunks.length > isProtected.chunks.length ? plain : isProtected;
}

function followLinks(memory: Memory, layout: Layout, list: CachedList, areProtected: boolean): FollowedList {
  const { header } = layout;
  const chunks: Address[] = [];
  const seen = new Set<Address>();
  let chunk = list.head - list.linkedOffset;
  while (chunks.length < list.limit) {
    if (seen.has(chunk) || !isCachedChunk(memory, layout, chunk, list.size)) return { chunks, isWhole: false };
    seen.add(chunk);
    chunks.push(chunk);
    const link = memory.word(chunk + header);
    if (link === undefined) return { chunks, isWhole: false };
    const next = areProtected ? reveal(link, chunk + header) : link;
    if (next === 0) return { chunks, isWhole: true };
    chunk = next - list.linkedOffset;
  }
  return { chunks, isWhole: false };
}

function isCachedChunk(memory: Memory, layout: Layout, chunk: Address, size: number | undefined): boolean {
  if (chunk <= 0 || (chunk + layout.header) % layout.alignment !== 0) return false;
  const sizeField = memory.word(chunk + layout.word);
  if (sizeField === undefined || sizeField <= 0 || (sizeField & chunkFlags.mmapped) !== 0) return false;
  return size === undefined ? sizeIn(sizeField) >= layout.smallestChunk : sizeIn(sizeField) === size;
}

/** PROTECT_PTR undone: the link's own address, less its page offset, was mixed in. */
function reveal(link: number, position: Address): number {
  const key = Math.floor(position / 4096);
  const low = (link ^ key) >>> 0;
  const high = Math.floor(link / 2 ** 32) ^ Math.floor(key / 2 ** 32);
  return high * 2 ** 32 + low;
}

/** Chunks in the arena's fastbins: free, though boundary tags say otherwise. */
export function fastbinChunks(memory: Memory, arena: Arena): Address[] {
  const { address, layout } = arena;
  const found: Address[] = [];
  for (let index = 0; index < layout.fastbinCount; index += 1) {
    const head = memory.word(address + layout.fastbinsOffset + index * layout.word);
    if (!head) continue;
    // fastbin_index: bins are two words apart whatever the alignment, the first is for chunks of four words.
    const size = (index + 2) * 2 * layout.word;
    for (const chunk of followList(memory, layout, { head, linkedOffset: 0, size, limit: listLimit }).chunks) {
      found.push(chunk);
    }
  }
  return found;
}

/** The kinds of tcache_perthread_struct: bins, and bytes of each count. 2.26, 2.30 and 2.42. */
const cacheShapes = [
  { bins: 64, countBytes: 1 },
  { bins: 64, countBytes: 2 },
  { bins: 76, countBytes: 2 },
] as const;

type CacheShape = (typeof cacheShapes)[number];

/** Bins that are for one size each; those after them (2.42) are for ranges. */
const exactBins = 64;

/** tcache_count at most, by the tunable. */
const cachedPerBinLimit = 65535;

/** Sizes of chunks that may hold a tcache_perthread_struct, each with its shape. */
export function cacheChunkSizes(layout: Layout): ReadonlyMap<number, CacheShape> {
  const sizes = new Map<number, CacheShape>();
  for (const shape of cacheShapes) {
    const bytes = shape.bins * (shape.countBytes + layout.word);
    const size = Math.ceil((bytes + layout.word) / layout.alignment) * layout.alignment;
    sizes.set(size, shape);
    // A chunk is larger by one step when the rest of the block it was cut from could not stand alone.
    sizes.set(size + layout.alignment, shape);
  }
  return sizes;
}

const cacheBytes = new Uint8Array(1024);

/**
 * The chunks that a thread has cached, when `chunk` holds its tcache_perthread_struct; undefined when it holds
 * something else, or a cache with nothing in it. Believed when all bins agree: entries where counts say so, and
 * chunks of the bin's size at them. One may be off, for the thread may just be changing it.
 */
export function threadCacheChunks(
  memory: Memory,
  layout: Layout,
  chunk: Address,
  shape: CacheShape,
): Address[] | undefined {
  const start = chunk + layout.header;
  if (!hasWords(memory, start, shape.bins * (shape.countBytes + layout.word))) return undefined;
  const entries = start + shape.bins * shape.countBytes;
  const lists: CachedList[] = [];
  let wrong = 0;
  for (let bin = 0; bin < shape.bins && wrong <= 1; bin += 1) {
    const head = memory.word(entries + bin * layout.word);
    const count = countOf(memory, start, shape, bin);
    if (head === undefined || count === undefined) return undefined;
    const size = bin < exactBins ? layout.smallestChunk + bin * layout.alignment : undefined;
    if (count !== null && (count === 0) !== (head === 0)) wrong += 1;
    else if (head !== 0 && !isCachedChunk(memory, layout, head - layout.header, size)) wrong += 1;
    else if (head !== 0) lists.push({ head, linkedOffset: layout.header, size, limit: count ?? cachedPerBinLimit });
  }
  if (wrong > 1 || lists.length <= wrong) return undefined;
  return lists.flatMap((list) => followList(memory, layout, list).chunks);
}

/** The number of entries in a bin; null since 2.42, when the numbers tell how many more it takes. */
function countOf(memory: Memory, start: Address, shape: CacheShape, bin: number): number | null | undefined {
  if (shape.bins > exactBins) return null;
  return shape.countBytes === 1 ? memory.u8(start + bin) : memory.u16(start + 2 * bin);
}

/** A quick no for the many zeroed blocks that have the size of a cache by chance. */
function hasWords(memory: Memory, start: Address, size: number): boolean {
  const bytes = cacheBytes.subarray(0, size);
  return memory.read(start, bytes) === size && bytes.some((byte) => byte !== 0);
}
