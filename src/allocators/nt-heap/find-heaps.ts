import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Heap } from '../allocator.ts';
import { openLegacyHeap } from './legacy-heap.ts';
import { openHeap, readHeapOfSegment } from './modern-heap.ts';
import { processHeaps } from './process-heap.ts';
import { heapBoundaries, segmentSignature } from './signatures.ts';
import type { HeapSegment, NtHeapState, OpenedHeap } from './state.ts';
import { virtualBlockRange } from './virtual-blocks.ts';

/** Finds NT heaps by the signatures that stand at 64 KiB boundaries; see Allocator.findHeaps. */
export function findHeaps(memory: Memory): Heap<NtHeapState>[] {
  const opened: OpenedHeap[] = [];
  const boundaries = heapBoundaries(memory);
  const seen = new Set<Address>();
  const segmentsByHeap = new Map<Address, Address[]>();
  for (const { address, pointerSize, signature } of boundaries) {
    if (signature !== segmentSignature) continue;
    const heap = readHeapOfSegment(memory, pointerSize, address);
    if (heap === undefined) continue;
    const segments = segmentsByHeap.get(heap);
    if (segments === undefined) segmentsByHeap.set(heap, [address]);
    else segments.push(address);
  }
  for (const { address, pointerSize, signature } of boundaries) {
    const reader = { memory, pointerSize, seen };
    const heap =
      signature === segmentSignature
        ? openHeap(reader, address, segmentsByHeap.get(address) ?? [])
        : openLegacyHeap(reader, address);
    if (heap !== undefined) opened.push(heap);
  }
  return nameHeaps(memory, settleSegments(opened));
}

/** Cuts segments where another one begins, so that no byte is walked twice whatever damaged headers claim. */
function settleSegments(heaps: readonly OpenedHeap[]): OpenedHeap[] {
  const starts = heaps.flatMap(({ state }) => state.segments.map(({ start }) => start)).sort((a, b) => a - b);
  const nextStart = new Map(starts.map((start, index) => [start, starts[index + 1] ?? Number.POSITIVE_INFINITY]));
  const cut = (segment: HeapSegment): HeapSegment => {
    const limit = nextStart.get(segment.start) ?? segment.end;
    return limit < segment.end ? { ...segment, end: limit } : segment;
  };
  return heaps.map((heap) => {
    const segments = heap.state.segments.map(cut).sort((a, b) => a.start - b.start);
    return { ...heap, state: { ...heap.state, segments } };
  });
}

function nameHeaps(memory: Memory, heaps: readonly OpenedHeap[]): Heap<NtHeapState>[] {
  const main = processHeaps(memory);
  return heaps.map(({ address, listIndex, state }, index) => ({
    address,
    name: main.has(address) ? 'process heap' : `heap ${listIndex > 0 ? listIndex : index + 1}`,
    ranges: heapRanges(memory, state),
    state,
  }));
}

function heapRanges(memory: Memory, state: NtHeapState) {
  const ranges: { start: Address; end: Address }[] = state.segments.map(({ start, end }) => ({ start, end }));
  for (const block of state.virtualBlocks) {
    const range = virtualBlockRange(memory, state.entry.pointerSize, block);
    if (range !== undefined) ranges.push(range);
  }
  return ranges.sort((a, b) => a.start - b.start);
}
