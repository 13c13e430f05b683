import type { Address } from '../../model/address.ts';
import { legacyLayouts, legacySegmentCount } from './layouts.ts';
import { followList, type ListReader, readPointer } from './linked-list.ts';
import { lookAsideBlocks } from './look-aside.ts';
import { readLegacySegment } from './segments.ts';
import { segmentSignature } from './signatures.ts';
import type { HeapSegment, OpenedHeap } from './state.ts';

/** Opens a heap of Windows 2000, XP or 2003; undefined when there is none at `address`. */
export function openLegacyHeap(reader: ListReader, address: Address): OpenedHeap | undefined {
  const { memory, pointerSize } = reader;
  const layout = legacyLayouts[pointerSize];
  const segments = new Map<Address, HeapSegment>();
  for (let index = 0; index < legacySegmentCount; index += 1) {
    const place = readPointer(memory, pointerSize, address + layout.segments + index * pointerSize);
    if (place === undefined || place === 0) continue;
    if (memory.u32(place + layout.segmentSignature) !== segmentSignature) continue;
    if (readPointer(memory, pointerSize, place + layout.segmentHeap) !== address) continue;
    const segment = readLegacySegment(reader, layout, address, place);
    if (segment !== undefined) segments.set(segment.start, segment);
  }
  if (segments.size === 0) return undefined;
  const virtualList = followList(reader, address + layout.virtualBlocks);
  const torn = virtualList.brokenAt;
  return {
    address,
    listIndex: memory.u16(address + layout.listIndex) ?? 0,
    state: {
      entry: layout.entry,
      version: 'xp',
      encodingLow: 0,
      encodingHigh: 0,
      frontEnd: undefined,
      segments: [...segments.values()],
      virtualBlocks: virtualList.links,
      cached: lookAsideBlocks(memory, layout, address),
      damage: torn === undefined ? [] : [{ address: torn, message: 'the list of large blocks is broken' }],
    },
  };
}
