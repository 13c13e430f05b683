// What allocators handed out in large pieces: where buffers begin and end.
import type { Allocator } from '../allocators/allocator.ts';
import { findHeaps } from '../detect/walk-heaps.ts';
import type { Memory } from '../memory/memory.ts';
import { type Interval, union } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import { newPacer } from '../scan/pacer.ts';

/** Sorted by start; `heaps` never overlap. */
export interface LargeBlocks {
  readonly blocks: readonly Interval[];
  /** Memory of the walked heaps: what is not in one of the blocks is in smaller ones. Empty where there were more than are kept. */
  readonly heaps: List<Interval>;
}

/** More are not kept; a buffer that is missed is only measured less exactly. */
const mostBlocks = 200_000;

/**
 * Bytes that programs were handed, of blocks of `leastBytes` or more, live and free. Ends include what
 * allocators lend of the next block's header (half of it in glibc's heaps and NT's), and may so overlap the next start.
 */
export async function largeBlocks(
  memory: Memory,
  options: { readonly allocators: readonly Allocator[]; readonly leastBytes: number; readonly signal?: AbortSignal },
): Promise<LargeBlocks> {
  const pacer = newPacer(options.signal, () => undefined);
  const blocks: Interval[] = [];
  const ranges: Interval[] = [];
  for (const { allocator, heaps } of findHeaps([memory], options.allocators)) {
    const headerBytes = allocator.headerBytes(memory.dump);
    const visitor = {
      block(address: number, size: number) {
        if (size < options.leastBytes || blocks.length >= mostBlocks) return;
        blocks.push({ start: address + headerBytes, end: address + size + headerBytes / 2 });
      },
      damage: () => undefined,
    };
    for (const heap of heaps[0]!) {
      for (const range of heap.ranges) ranges.push(range);
      for (const _ of allocator.walk(heap, memory, visitor)) await pacer.pace(0);
    }
  }
  return { blocks: blocks.sort((a, b) => a.start - b.start), heaps: blocks.length < mostBlocks ? union(ranges) : [] };
}
