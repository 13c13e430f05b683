// The blocks of walked heaps that lie in one range of addresses.
import type { Allocator, BlockVisitor } from '../allocators/allocator.ts';
import { findHeaps } from '../detect/walk-heaps.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { newPacer } from '../scan/pacer.ts';

/** A block as its heap tells of it. */
export interface FoundBlock {
  readonly address: Address;
  /** Bytes to the next block. */
  readonly size: number;
  readonly isLive: boolean;
}

/** More are not kept: no picture has room for them. */
const mostBlocks = 500_000;

/** Blocks that reach into `[start, end)`, in order of address; empty where no known heap is. */
export async function blocksInRange(
  memory: Memory,
  range: { readonly start: Address; readonly end: Address },
  options: { readonly allocators: readonly Allocator[]; readonly signal?: AbortSignal },
): Promise<FoundBlock[]> {
  const pacer = newPacer(options.signal, () => undefined);
  const blocks: FoundBlock[] = [];
  const visitor: BlockVisitor = {
    block(address, size, isLive) {
      if (address >= range.end || address + size <= range.start || blocks.length >= mostBlocks) return;
      blocks.push({ address, size, isLive });
    },
    // info tells of damage; here only the blocks count.
    damage: () => undefined,
  };
  for (const { allocator, heaps } of findHeaps([memory], options.allocators)) {
    for (const heap of heaps[0]!) {
      if (!heap.ranges.some(({ start, end }) => start < range.end && end > range.start)) continue;
      for (const _ of allocator.walk(heap, memory, visitor)) await pacer.pace(0);
    }
  }
  return blocks.sort((a, b) => a.address - b.address);
}
