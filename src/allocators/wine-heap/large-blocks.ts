import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor } from '../allocator.ts';
import { readPointer } from '../nt-heap/linked-list.ts';
import { decodeLarge } from './block.ts';
import { visitGroup } from './groups.ts';
import type { HeapLayout } from './layouts.ts';
import type { WineHeapState } from './state.ts';

/** Most bytes of a large block that are believed. */
const mostLargeBytes = 2 ** 44;

/** All of the memory that the large block at `address` has for itself; undefined when its size makes no sense. */
export function largeBlockBytes(
  memory: Memory,
  { pointerSize, large, freeLists }: HeapLayout,
  address: Address,
): number | undefined {
  const size = readPointer(memory, pointerSize, address + large.totalSize);
  if (size === undefined || size <= 0 || size > mostLargeBytes) return undefined;
  return freeLists === undefined ? size : size + large.block;
}

/** Tells the visitor of a block with memory of its own. Its stride is all of that memory, which is what neighbours are apart. */
export function visitLargeBlock(memory: Memory, state: WineHeapState, address: Address, visitor: BlockVisitor): void {
  const { layout, format } = state;
  const start = address + layout.large.block;
  const low = memory.u32(start);
  const high = memory.u32(start + 4);
  const kind = low === undefined || high === undefined ? undefined : decodeLarge(format, low, high);
  const stride = largeBlockBytes(memory, layout, address);
  const request = readPointer(memory, layout.pointerSize, address + layout.large.dataSize);
  if (kind === undefined || stride === undefined || request === undefined || request < 0 || request > stride) {
    visitor.damage(address, 'the header of a large block makes no sense');
    return;
  }
  if (kind === 'group' && visitGroup(memory, state, { start, end: address + stride }, visitor)) return;
  visitor.block(start, stride, true, kind === 'group' ? -1 : request);
}
