import type { Address } from '../../model/address.ts';
import type { Arena } from './arena.ts';
import { chunkFlags, type Layout, sizeIn } from './layout.ts';
import type { Words } from './scattered-words.ts';

/** Entries followed in one list; the links of a million blocks that are all free take 32 MB of heap at least. */
const listLimit = 1 << 23;

/** A singly linked list of chunks, the links of which stand where the program's bytes were. */
export interface CachedList {
  readonly head: Address;
  /** What links point at: the chunk (fastbins), or the bytes handed to the program (tcache). */
  readonly linkedOffset: number;
  /** The size that every chunk in it has; undefined where a list is for several. */
  readonly size: number | undefined;
  readonly limit: number;
}

interface FollowedList {
  readonly chunks: readonly Address[];
  /** Why it ends: as lists do, in something that is no chunk of it, or in memory that was not captured. */
  readonly end: 'whole' | 'broken' | 'not captured';
}

/** Follows a list, its links plain or protected (safe-linking, 2.32 and later), whichever makes sense. */
export function followList(memory: Words, layout: Layout, list: CachedList): FollowedList {
  const withKeys = followLinks(memory, layout, list, true);
  if (withKeys.end === 'whole') return withKeys;
  const plain = followLinks(memory, layout, list, false);
  return plain.end === 'whole' || plain.chunks.length > withKeys.chunks.length ? plain : withKeys;
}

function followLinks(memory: Words, layout: Layout, list: CachedList, areProtected: boolean): FollowedList {
  const { header } = layout;
  const chunks: Address[] = [];
  let chunk = list.head - list.linkedOffset;
  // A chunk of the way behind, moved up in doubling steps: a ring comes back to it. Costs no memory.
  let marked = Number.NaN;
  let nextMark = 1;
  while (chunks.length < list.limit) {
    const isChunk = chunk === marked ? false : isCachedChunk(memory, layout, chunk, list.size);
    if (!isChunk) return { chunks, end: isChunk === undefined ? 'not captured' : 'broken' };
    chunks.push(chunk);
    if (chunks.length === nextMark) {
      marked = chunk;
      nextMark *= 2;
    }
    const link = memory.word(chunk + header);
    if (link === undefined) return { chunks, end: 'not captured' };
    const next = areProtected ? reveal(link, chunk + header) : link;
    if (next === 0) return { chunks, end: 'whole' };
    chunk = next - list.linkedOffset;
  }
  return { chunks, end: 'broken' };
}

/** Whether a chunk that a list may hold is at `chunk`; undefined when that was not captured. */
export function isCachedChunk(
  memory: Words,
  layout: Layout,
  chunk: Address,
  size: number | undefined,
): boolean | undefined {
  if (chunk <= 0 || (chunk + layout.header) % layout.alignment !== 0) return false;
  const sizeField = memory.word(chunk + layout.word);
  if (sizeField === undefined) return undefined;
  if (sizeField <= 0 || (sizeField & chunkFlags.mmapped) !== 0) return false;
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
export function fastbinChunks(memory: Words, arena: Arena): Address[] {
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
