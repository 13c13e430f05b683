import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { type HeapLayout, heapLayouts, segment32, segment64 } from './layouts.ts';
import { followList, type ListReader, readPointer } from './linked-list.ts';
import { readSegment } from './segments.ts';
import { allocationGranularity, heapSignature } from './signatures.ts';
import type { HeapSegment, OpenedHeap } from './state.ts';

/** The heap that the segment at `address` says it belongs to: its own address for a heap's first segment. */
export function readHeapOfSegment(memory: Memory, pointerSize: PointerSize, address: Address): Address | undefined {
  const layout = pointerSize === 8 ? segment64 : segment32;
  return readPointer(memory, pointerSize, address + layout.heap);
}

/**
 * Opens a heap of Windows Vista or later; undefined when there is none at `address`.
 *
 * @param signedSegments segments that name this heap, itself included, as their signatures were found: they count
 *   even where the heap's list of segments is torn
 */
export function openHeap(
  reader: ListReader,
  address: Address,
  signedSegments: readonly Address[],
): OpenedHeap | undefined {
  const { memory, pointerSize } = reader;
  if (!signedSegments.includes(address)) return undefined;
  const layout = heapLayouts[pointerSize].find((known) => memory.u32(address + known.signature) === heapSignature);
  if (layout === undefined) return undefined;

  const list = followList(reader, address + layout.segmentList);
  const listed = list.links.map((link) => link - layout.segment.listEntry);
  const isOurs = (segment: Address): boolean =>
    segment % allocationGranularity === 0 && readHeapOfSegment(memory, pointerSize, segment) === address;
  const segments: HeapSegment[] = [];
  for (const start of new Set([...signedSegments, ...listed.filter(isOurs)])) {
    const segment = readSegment(reader, layout, start);
    if (segment !== undefined) segments.push(segment);
  }

  const virtualList = followList(reader, address + layout.virtualBlocks);
  const damage = [];
  if (list.brokenAt !== undefined) damage.push({ address: list.brokenAt, message: 'the list of segments is broken' });
  if (virtualList.brokenAt !== undefined) {
    damage.push({ address: virtualList.brokenAt, message: 'the list of large blocks is broken' });
  }
  return {
    address,
    listIndex: memory.u16(address + layout.listIndex) ?? 0,
    state: {
      entry: layout.entry,
      version: layout.version,
      ...readEncoding(memory, layout, address),
      frontEnd: layout.frontEnd,
      segments,
      virtualBlocks: virtualList.links,
      cached: new Set(),
      damage,
    },
  };
}

function readEncoding(memory: Memory, layout: HeapLayout, address: Address) {
  const isEncoded = memory.u32(address + layout.encodeFlagMask) !== 0;
  return {
    encodingLow: isEncoded ? (memory.u32(address + layout.encoding) ?? 0) : 0,
    encodingHigh: isEncoded ? (memory.u32(address + layout.encoding + 4) ?? 0) : 0,
  };
}
