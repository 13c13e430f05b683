import type { Memory } from '../../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import type { PageLayout } from './page-layouts.ts';
import type { Page, Segment } from './pages.ts';

/** Which of a page's blocks are free: one byte a block, 1 when it is. */
export interface PageBlocks {
  readonly isFree: Uint8Array;
  /** Blocks on the page's own two lists; with `used` they make up its capacity. */
  readonly listed: number;
}

/** The low bits of `xthread_free` say what frees from other threads are to do (mi_delayed_t). */
const delayedBits = 4;

/** Follows the page's three lists: free, freed by its own thread, freed by others (mimalloc include/mimalloc/types.h). */
export function readPageBlocks(memory: Memory, page: Page, first: Address, layout: PageLayout): PageBlocks {
  const isFree = new Uint8Array(page.capacity);
  const follow = (head: Address): number => followList(memory, page, first, layout, head, isFree);
  const listed =
    follow(memory.i64(page.record + layout.free) ?? 0) + follow(memory.i64(page.record + layout.localFree) ?? 0);
  const threadFree = memory.i64(page.record + layout.threadFree) ?? 0;
  follow(threadFree - (threadFree % delayedBits));
  return { isFree, listed };
}

/** Marks the blocks on a list; returns how many. Ends at the first that is no block of the page or known as free. */
function followList(
  memory: Memory,
  page: Page,
  first: Address,
  layout: PageLayout,
  head: Address,
  isFree: Uint8Array,
): number {
  const decode = layout.keys === undefined ? undefined : linkDecoder(memory, page.record, layout.keys);
  let count = 0;
  let at: Address | undefined = head;
  while (at !== undefined && at > 0) {
    const index: number = (at - first) / page.blockSize;
    if (!Number.isInteger(index) || isFree[index] !== 0) break;
    isFree[index] = 1;
    count += 1;
    at = decode === undefined ? memory.i64(at) : decode(at);
  }
  return count;
}

/**
 * Reads links as builds with MI_ENCODE_FREELIST write them: rotated, xored and added with two words of the page or
 * heap at `record`; its own address ends a list (mi_ptr_decode in include/mimalloc/internal.h).
 */
function linkDecoder(memory: Memory, record: Address, keys: number): (block: Address) => Address | undefined {
  const rotation = readBits(memory, record + keys) ?? 0n;
  const mask = readBits(memory, record + keys + 8) ?? 0n;
  const shift = rotation % 64n;
  return (block) => {
    const stored = readBits(memory, block);
    if (stored === undefined) return undefined;
    const difference = BigInt.asUintN(64, stored - rotation);
    const rotated = BigInt.asUintN(64, (difference >> shift) | (difference << (64n - shift)));
    const next = Number(rotated ^ mask);
    return next === record ? 0 : next;
  };
}

function readBits(memory: Memory, address: Address): bigint | undefined {
  const low = memory.u32(address);
  const high = memory.u32(address + 4);
  return low === undefined || high === undefined ? undefined : (BigInt(high) << 32n) | BigInt(low);
}

/** Offsets of `thread_delayed_free` in mi_heap_t: of 2.0 and 2.1 (without and with padding), and of 2.2. */
const delayedOffsets = [2840, 2848, 8] as const;

/** From there to the heap's own keys: thread, arena and cookie stand between. */
const delayedToKeys = 32;
const longestDelayed = 1 << 20;

/**
 * Blocks of full pages that other threads freed: they wait on a list of the heap that owns the page. A list counts
 * when each of its members is a block of a page of that heap.
 */
export function readDelayedBlocks(
  memory: Memory,
  segments: readonly Segment[],
  firstBlock: (page: Page) => Address,
): ReadonlySet<Address> {
  const delayed = new Set<Address>();
  const seen = new Set<Address>();
  for (const { layout, pages } of segments) {
    for (const page of pages) {
      const heap = memory.i64(page.record + layout.heap) ?? 0;
      if (heap <= 0 || seen.has(heap)) continue;
      seen.add(heap);
      const isBlock = (address: Address): boolean => {
        const owner = pageOf(segments, address);
        if (owner === undefined || memory.i64(owner.page.record + owner.layout.heap) !== heap) return false;
        const index = (address - firstBlock(owner.page)) / owner.page.blockSize;
        return Number.isInteger(index) && index >= 0 && index < owner.page.capacity;
      };
      for (const offset of delayedOffsets) {
        const next = layout.keys === undefined ? memory.i64 : linkDecoder(memory, heap, offset + delayedToKeys);
        for (const block of readDelayedList(memory.i64(heap + offset), next, isBlock)) delayed.add(block);
      }
    }
  }
  return delayed;
}

function readDelayedList(
  head: Address | undefined,
  next: (block: Address) => Address | undefined,
  isBlock: (block: Address) => boolean,
): ReadonlySet<Address> {
  const list = new Set<Address>();
  let at = head;
  while (at !== undefined && at > 0 && list.size < longestDelayed) {
    if (list.has(at) || !isBlock(at)) return new Set();
    list.add(at);
    at = next(at);
  }
  return list;
}

function pageOf(segments: readonly Segment[], address: Address): { page: Page; layout: PageLayout } | undefined {
  const segment = lastAtOrBelow(segments, address);
  if (segment === undefined || address >= segment.start + segment.size) return undefined;
  const page = lastAtOrBelow(segment.pages, address);
  if (page === undefined || address >= page.start + page.size) return undefined;
  return { page, layout: segment.layout };
}

function lastAtOrBelow<T extends { readonly start: Address }>(items: readonly T[], address: Address): T | undefined {
  return items[lastStartingAtOrBelow(items, address)];
}
