import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor } from '../allocator.ts';
import { decodeEntry, type Entry } from './entry.ts';
import { isContainer, visitContainer } from './front-end.ts';
import { readPointer } from './linked-list.ts';
import type { NtHeapState } from './state.ts';

/** _HEAP_VIRTUAL_ALLOC_ENTRY: a link, 8 or 16 bytes of extra data, two sizes, then the block's header. */
const virtualOffsets = {
  4: { commitSize: 0x10, reserveSize: 0x14, block: 0x18 },
  8: { commitSize: 0x20, reserveSize: 0x28, block: 0x30 },
} as const;

/** Largest size that is believed. */
const mostBytes = 2 ** 44;

/** The memory that a large block has for itself; undefined when its sizes make no sense. */
export function virtualBlockRange(memory: Memory, pointerSize: 4 | 8, address: Address) {
  const offsets = virtualOffsets[pointerSize];
  const commit = readPointer(memory, pointerSize, address + offsets.commitSize) ?? 0;
  const reserve = readPointer(memory, pointerSize, address + offsets.reserveSize) ?? 0;
  if (commit <= offsets.block || commit > mostBytes || reserve < commit || reserve > mostBytes) return undefined;
  return { start: address, end: address + reserve };
}

/**
 * Tells the visitor of one block that has memory of its own. Its stride is the committed bytes. Its header's size
 * field holds what the program did not ask for of them (as ReactOS restates in sdk/lib/rtl/heap.c).
 */
export function visitVirtualBlock(
  memory: Memory,
  state: NtHeapState,
  address: Address,
  entry: Entry,
  visitor: BlockVisitor,
): void {
  const { pointerSize, fieldsOffset, granule } = state.entry;
  const offsets = virtualOffsets[pointerSize];
  const range = virtualBlockRange(memory, pointerSize, address);
  const block = address + offsets.block;
  const low = memory.u32(block + fieldsOffset);
  const high = memory.u32(block + fieldsOffset + 4);
  if (range === undefined || low === undefined || high === undefined) {
    visitor.damage(address, 'the header of a large block makes no sense');
    return;
  }
  const isHeader = decodeEntry(state, low, high, entry);
  if (!isHeader) visitor.damage(block, 'the header of a large block is overwritten');
  const commit = readPointer(memory, pointerSize, address + offsets.commitSize) ?? 0;
  const container = { header: block + granule, end: address + commit };
  const isContained = isContainer(memory, state, container.header);
  if (isContained && visitContainer(memory, state, container, visitor)) return;
  const unused = entry.units;
  const isCount = isHeader && !isContained && unused >= offsets.block + granule && unused <= commit;
  visitor.block(block, commit, true, isCount ? commit - unused : -1);
}
