import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { type Layout, sizeIn } from './layout.ts';

/** A malloc_state, as far as a walk needs it. Source: glibc malloc/malloc.c. */
export interface Arena {
  readonly address: Address;
  readonly layout: Layout;
  /** The chunk that borders on memory not handed out yet. In an arena without a heap it lies inside the arena. */
  readonly top: Address;
  /** Exclusive, at a page's end; equal to `top` where its size was not captured or makes no sense. */
  readonly topEnd: Address;
  /** Bytes that it got from the system and did not give back; 0 where not captured. */
  readonly systemMemory: number;
  /** Its memory came in several pieces, because sbrk failed or was not used. */
  readonly noncontiguous: boolean;
  /** Bytes of the structure itself: the first chunk of a thread arena follows it. */
  readonly size: number;
}

/** A page at least: the kernel maps nothing finer. */
const pageSize = 4096;

/** NONCONTIGUOUS_BIT of malloc_state.flags, the 4 bytes after the mutex. */
const noncontiguousFlag = 2;

/** More than any number of threads; less memory than this comes in whole pages. */
const attachedThreadsLimit = 0x10000;

/** The arena at an address; undefined when its fields were not captured or its top is no address of a chunk. */
export function readArena(memory: Memory, layout: Layout, address: Address): Arena | undefined {
  const { word } = layout;
  const flags = memory.u32(address + 4);
  const top = memory.word(address + layout.topOffset);
  if (flags === undefined || top === undefined || top <= 0 || top % word !== 0) return undefined;
  const afterNextFree = memory.word(address + layout.afterNextFreeOffset) ?? 0;
  const isMemory = afterNextFree >= attachedThreadsLimit || (afterNextFree > 0 && afterNextFree % pageSize === 0);
  const systemMemoryOffset = layout.afterNextFreeOffset + (isMemory ? 0 : word);
  const topEnd = top + sizeIn(memory.word(top + word) ?? 0);
  const size = systemMemoryOffset + 2 * word;
  if (top >= address && top < address + size && top !== address + layout.topOffset) return undefined;
  return {
    address,
    layout,
    top,
    topEnd: topEnd > top && topEnd % pageSize === 0 ? topEnd : top,
    systemMemory: Math.max(0, memory.word(address + systemMemoryOffset) ?? 0),
    noncontiguous: (flags & noncontiguousFlag) !== 0,
    size,
  };
}

/** Whether the arena has never got memory: its top then is the first bin (initial_top), which begins at that field. */
export function isWithoutHeap({ top, address, layout }: Arena): boolean {
  return top === address + layout.topOffset;
}

/**
 * sizeof (heap_info) in words: 4, and 6 since 2.35 (or through padding). A thread's arena stands behind the header of
 * its first heap, which begins with the arena's address. Source: glibc malloc/arena.c.
 */
export const heapHeaderWords = [4, 6] as const;

/** Whether the arena is a thread's: main_arena is in libc's data. */
export function isThreadArena(memory: Memory, { address, layout }: Arena): boolean {
  return heapHeaderWords.some((words) => memory.word(address - words * layout.word) === address);
}
