import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor, Heap } from '../allocator.ts';
import { allocationGranularity } from '../nt-heap/signatures.ts';
import { type Block, decodeBlock, emptyBlock, headerBytes } from './block.ts';
import { visitGroup } from './groups.ts';
import { visitLargeBlock } from './large-blocks.ts';
import type { Subheap, WineHeapState } from './state.ts';

const blocksPerYield = 4096;

/** The last header stands at least this far before the committed end (next_block in heap.c). */
const leastTail = 2 * headerBytes;

export function* walkHeap(heap: Heap, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  // Only findHeaps makes heaps of this allocator, and with this state.
  const state = heap.state as WineHeapState;
  for (const { address, message } of state.damage) visitor.damage(address, message);
  for (const subheap of state.subheaps) yield* walkSubheap(memory, state, subheap, visitor);
  let told = 0;
  for (const large of state.largeBlocks) {
    visitLargeBlock(memory, state, large, visitor);
    told += 1;
    if (told % blocksPerYield === 0) yield;
  }
}

/** Every step goes forward and needs a captured header, so the dump's size bounds the walk. */
function* walkSubheap(
  memory: Memory,
  state: WineHeapState,
  subheap: Subheap,
  visitor: BlockVisitor,
): Generator<void, void> {
  const { pointerSize } = state.layout;
  const decode = decodeBlock[state.format];
  const block = emptyBlock();
  const last = subheap.committedEnd - leastTail;
  let untilYield = blocksPerYield;
  let address = subheap.firstBlock;
  while (address <= last) {
    const low = memory.u32(address);
    const high = memory.u32(address + 4);
    if (low === undefined || high === undefined) {
      visitor.damage(address, 'the rest of a subheap is not captured');
      return;
    }
    if (!decode(low, high, pointerSize, block) || !hasItsPlace(block, address, subheap)) {
      visitor.damage(address, 'a heap block header is overwritten');
      return;
    }
    const next = address + block.stride;
    // The last free block reaches over what is reserved but not committed, which holds nothing.
    const stride = block.request < 0 ? Math.min(block.stride, subheap.committedEnd - address) : block.stride;
    const isGroup = block.isGroup && visitGroup(memory, state, { start: address, end: next }, visitor);
    if (!isGroup) visitor.block(address, stride, block.live, block.isGroup ? -1 : block.request);
    address = next;
    untilYield -= 1;
    if (untilYield === 0) {
      untilYield = blocksPerYield;
      yield;
    }
  }
}

/** Used blocks end inside the committed memory, and blocks since 8.0 know where their memory starts. */
function hasItsPlace(block: Block, address: Address, subheap: Subheap): boolean {
  if (block.live && address + block.stride > subheap.committedEnd) return false;
  if (block.baseOffset < 0) return true;
  const start = Math.floor(address / allocationGranularity) * allocationGranularity;
  return start - block.baseOffset * allocationGranularity === subheap.base;
}
