import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Heap } from '../allocator.ts';
import type { ListReader } from '../nt-heap/linked-list.ts';
import { heapBoundaries } from '../nt-heap/signatures.ts';
import { largeBlockBytes } from './large-blocks.ts';
import { neighbourHeaps, openHeap } from './open-heap.ts';
import type { Subheap, WineHeapState } from './state.ts';

const privateFlag = 0x1000;

/**
 * Finds Wine's heaps: by the signature that Wine writes as Windows does, and along the ring that all heaps of a
 * process are linked in; see Allocator.findHeaps.
 */
export function findHeaps(memory: Memory): Heap<WineHeapState>[] {
  const opened = new Map<Address, WineHeapState>();
  const seen = new Set<Address>();
  for (const { address, pointerSize } of heapBoundaries(memory)) {
    openAlongRing({ memory, pointerSize, seen }, address, opened);
  }
  const heaps: Heap<WineHeapState>[] = [];
  for (const [address, state] of settleSubheaps(opened)) {
    heaps.push({
      address,
      name: isProcessHeap(memory, state, address) ? 'process heap' : `heap ${heaps.length + 1}`,
      ranges: heapRanges(memory, state),
      state,
    });
  }
  return heaps;
}

/** Every heap but the first of a process is marked as private (HEAP_PRIVATE). */
function isProcessHeap(memory: Memory, { layout }: WineHeapState, address: Address): boolean {
  return ((memory.u32(address + layout.flags) ?? 0) & privateFlag) === 0;
}

function openAlongRing(reader: ListReader, first: Address, opened: Map<Address, WineHeapState>): void {
  const waiting = [first];
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (opened.has(address)) continue;
    const state = openHeap(reader, address);
    if (state === undefined) continue;
    opened.set(address, state);
    // The ring is whole from any heap: one that was opened before has shown it already.
    if (address === first) waiting.push(...neighbourHeaps(reader, state.layout, address));
  }
}

/** Sorts the heaps, and cuts subheaps where another one begins: no byte is walked twice whatever headers claim. */
function settleSubheaps(opened: ReadonlyMap<Address, WineHeapState>): [Address, WineHeapState][] {
  const bases = [...opened.values()].flatMap(({ subheaps }) => subheaps.map(({ base }) => base)).sort((a, b) => a - b);
  const nextBase = new Map(bases.map((base, index) => [base, bases[index + 1] ?? Number.POSITIVE_INFINITY]));
  const cut = (subheap: Subheap): Subheap => {
    const committedEnd = Math.min(subheap.committedEnd, nextBase.get(subheap.base) ?? subheap.committedEnd);
    return { ...subheap, committedEnd };
  };
  const settled = [...opened].map(([address, state]): [Address, WineHeapState] => [
    address,
    { ...state, subheaps: state.subheaps.map(cut).sort((a, b) => a.base - b.base) },
  ]);
  return settled.sort(([a], [b]) => a - b);
}

function heapRanges(memory: Memory, { layout, subheaps, largeBlocks }: WineHeapState) {
  const ranges = subheaps.map(({ base, committedEnd }) => ({ start: base, end: committedEnd }));
  for (const start of largeBlocks) {
    const size = largeBlockBytes(memory, layout, start);
    if (size !== undefined) ranges.push({ start, end: start + size });
  }
  return ranges.sort((a, b) => a.start - b.start);
}
