import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { type CachedList, followList, isCachedChunk } from './cached-chunks.ts';
import type { Layout } from './layout.ts';
import type { Words } from './scattered-words.ts';

/** A kind of tcache_perthread_struct: an array of counts, one for each bin, then one of entries. */
export interface CacheShape {
  readonly bins: number;
  readonly countBytes: 1 | 2;
  /** Since 2.42 the numbers tell how many more a bin takes, not how many it has. */
  readonly countsDown: boolean;
}

/** Of 2.26, 2.30 and 2.42. Source: glibc malloc/malloc.c. */
const cacheShapes: readonly CacheShape[] = [
  { bins: 64, countBytes: 1, countsDown: false },
  { bins: 64, countBytes: 2, countsDown: false },
  { bins: 76, countBytes: 2, countsDown: true },
];

/** Bins that are for one size each; those after them (2.42) are for ranges. */
const exactBins = 64;

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

/** As large as any tcache_perthread_struct. */
const cacheBytes = new Uint8Array(1024);
const cacheView = new DataView(cacheBytes.buffer);

/**
 * The chunks that a thread has cached, when `chunk` holds its tcache_perthread_struct; undefined when it holds
 * something else, or a cache with nothing in it. Believed when all bins agree: entries where counts say so, chunks of
 * the bin's size at them, lists of the counted length. One may be off, for the thread may just be changing it.
 */
export function threadCacheChunks(
  memory: Memory,
  words: Words,
  layout: Layout,
  chunk: Address,
  shape: CacheShape,
): Address[] | undefined {
  const size = shape.bins * (shape.countBytes + layout.word);
  if (memory.read(chunk + layout.header, cacheBytes.subarray(0, size)) < size) return undefined;
  const lists = readLists(memory, layout, shape);
  // A quick no for the many zeroed blocks that have the size of a cache by chance.
  if (lists === undefined || lists.length === 0) return undefined;
  const followed = lists.map((list) => followList(words, layout, list));
  const broken = followed.filter(({ chunks, end }, index) => {
    return end === 'broken' || (end === 'whole' && chunks.length !== lists[index]!.limit);
  });
  const chunks = followed.flatMap((list) => list.chunks);
  return broken.length <= 1 && broken.length < lists.length && chunks.length > 0 ? chunks : undefined;
}

/**
 * The lists of the cache in `cacheBytes`, each with its count as the limit; undefined when more than one bin makes no
 * sense. What only has the size of a cache is told by its first bins.
 */
function readLists(memory: Memory, layout: Layout, shape: CacheShape): CachedList[] | undefined {
  const { littleEndian } = memory.dump;
  const entries = shape.bins * shape.countBytes;
  const countAt = (bin: number) =>
    shape.countBytes === 1 ? cacheView.getUint8(bin) : cacheView.getUint16(2 * bin, littleEndian);
  const most = shape.countsDown ? mostOf(shape.bins, countAt) : 0;
  const lists: CachedList[] = [];
  let wrong = 0;
  for (let bin = 0; bin < shape.bins; bin += 1) {
    const count = shape.countsDown ? most - countAt(bin) : countAt(bin);
    const head = wordIn(cacheView, entries + bin * layout.word, layout.word, littleEndian);
    if (count === 0 && head === 0) continue;
    const size = bin < exactBins ? layout.smallestChunk + bin * layout.alignment : undefined;
    if (count > 0 && isCachedChunk(memory, layout, head - layout.header, size) !== false) {
      lists.push({ head, linkedOffset: layout.header, size, limit: count });
    } else {
      wrong += 1;
    }
    if (wrong > 1) return undefined;
  }
  return lists;
}

function mostOf(bins: number, countAt: (bin: number) => number): number {
  let most = 0;
  for (let bin = 0; bin < bins; bin += 1) most = Math.max(most, countAt(bin));
  return most;
}

function wordIn(view: DataView, at: number, word: PointerSize, littleEndian: boolean): number {
  if (word === 4) return view.getUint32(at, littleEndian);
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  return view.getInt32(at + high, littleEndian) * 4294967296 + view.getUint32(at + low, littleEndian);
}
