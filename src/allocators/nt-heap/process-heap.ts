import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { readPointer } from './linked-list.ts';

/** Offsets in the thread and process environment blocks of each width; public in winternl.h and ntdll's symbols. */
const environmentOffsets = {
  4: { processBlock: 0x30, processHeap: 0x18 },
  8: { processBlock: 0x60, processHeap: 0x30 },
} as const;

/** A WOW64 thread's 32-bit environment block stands this far behind its 64-bit one. */
const wow64BlockDistance = 0x2000;

/**
 * Addresses of the heaps that GetProcessHeap returns: none when no thread's environment block is captured, two in a
 * 64-bit dump of a 32-bit process.
 */
export function processHeaps(memory: Memory): ReadonlySet<Address> {
  const heaps = new Set<Address>();
  for (const { environmentBlock } of memory.dump.threads) {
    if (environmentBlock === undefined) continue;
    addProcessHeap(memory, memory.dump.pointerSize, environmentBlock, heaps);
    if (memory.dump.pointerSize === 8) addProcessHeap(memory, 4, environmentBlock + wow64BlockDistance, heaps);
    if (heaps.size > 0) break;
  }
  return heaps;
}

function addProcessHeap(memory: Memory, pointerSize: PointerSize, block: Address, heaps: Set<Address>): void {
  const offsets = environmentOffsets[pointerSize];
  const processBlock = readPointer(memory, pointerSize, block + offsets.processBlock);
  if (processBlock === undefined || processBlock === 0) return;
  const heap = readPointer(memory, pointerSize, processBlock + offsets.processHeap);
  if (heap !== undefined && heap !== 0) heaps.add(heap);
}
