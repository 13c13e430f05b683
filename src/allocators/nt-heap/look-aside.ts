import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { LegacyLayout } from './layouts.ts';
import { readPointer } from './linked-list.ts';

/** FrontEndHeapType of look-aside lists. */
const lookAsideType = 1;

const listCount = 128;
/** sizeof(_HEAP_LOOKASIDE) with 32-bit pointers. */
const listBytes = 0x30;
/** A list's depth is a byte's worth. */
const mostPerList = 256;

/**
 * Blocks that wait on the look-aside lists of a heap of Windows 2000 to 2003 to be handed out again. Their headers
 * say busy; the lists are linked through the user parts.
 */
export function lookAsideBlocks(memory: Memory, layout: LegacyLayout, heap: Address): ReadonlySet<Address> {
  const blocks = new Set<Address>();
  const { frontEnd, entry } = layout;
  if (frontEnd === undefined || memory.u8(heap + frontEnd.type) !== lookAsideType) return blocks;
  const lists = readPointer(memory, entry.pointerSize, heap + frontEnd.heap);
  if (lists === undefined || lists === 0) return blocks;
  for (let index = 0; index < listCount; index += 1) {
    let user = readPointer(memory, entry.pointerSize, lists + index * listBytes);
    for (let depth = 0; depth < mostPerList && user !== undefined && user !== 0; depth += 1) {
      const block = user - entry.granule;
      if (blocks.has(block)) break;
      blocks.add(block);
      user = readPointer(memory, entry.pointerSize, user);
    }
  }
  return blocks;
}
