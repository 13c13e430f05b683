import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor } from '../allocator.ts';
import { decodeBlock, emptyBlock, headerBytes } from './block.ts';
import type { WineHeapState } from './state.ts';

/** GROUP_BLOCK_COUNT: one for each bit of a group's word of free bits but the highest. */
const blocksPerGroup = 31;

/** From the group (a list entry, the free bits, the affinity) to its first block, by the width of pointers. */
const firstBlockOffset = { 4: 0x10, 8: 0x18 } as const;

/**
 * Tells the visitor of the blocks in a group of the low-fragmentation front end (Wine 9.0 and later), which fill the
 * user part of an ordinary used block. False, and nothing told, when its headers do not look like a group's.
 */
export function visitGroup(
  memory: Memory,
  state: WineHeapState,
  holder: { readonly start: Address; readonly end: Address },
  visitor: BlockVisitor,
): boolean {
  const { pointerSize } = state.layout;
  const decode = decodeBlock[state.format];
  const block = emptyBlock();
  const first = holder.start + headerBytes + firstBlockOffset[pointerSize];
  let stride = 0;
  for (let index = 0; index < blocksPerGroup; index += 1) {
    const address = first + index * stride;
    const low = memory.u32(address);
    const high = memory.u32(address + 4);
    const isBlock =
      low !== undefined &&
      high !== undefined &&
      decode(low, high, pointerSize, block) &&
      block.isGroup &&
      block.baseOffset === index &&
      (index === 0 || block.stride === stride) &&
      address + block.stride <= holder.end;
    if (!isBlock) {
      if (index === 0) return false;
      visitor.damage(address, 'a block of a low-fragmentation group is missing or overwritten');
      return true;
    }
    stride = block.stride;
    visitor.block(address, stride, block.live, block.request);
  }
  return true;
}
