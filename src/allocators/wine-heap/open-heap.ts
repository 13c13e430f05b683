import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { followList, type ListReader, readPointer } from '../nt-heap/linked-list.ts';
import { allocationGranularity, segmentSignature } from '../nt-heap/signatures.ts';
import { formatOfFreeList, headerBytes } from './block.ts';
import { type BlockFormat, type HeapLayout, heapLayouts } from './layouts.ts';
import type { Subheap, WineHeapState } from './state.ts';

/** struct heap.magic: `HEAP`. */
const heapMagic = 0x50414548;

/** SUBHEAP.magic until 7.0: `SUBH`, behind the header's size. */
const arenaSubheapMagic = 0x48425553;

/** A subheap's memory is at most 4 GiB, by the width of its blocks' offsets. */
const mostSubheapBytes = 2 ** 32;

/** Opens the heap of Wine at `address`; undefined when there is none of a version that is known. */
export function openHeap(reader: ListReader, address: Address): WineHeapState | undefined {
  const { memory, pointerSize } = reader;
  const signature = memory.u32(address + 2 * pointerSize);
  if (signature !== segmentSignature || address % allocationGranularity !== 0) return undefined;
  const layout = heapLayouts[pointerSize].find(({ magic }) => memory.u32(address + magic) === heapMagic);
  const format = layout === undefined ? undefined : blockFormat(memory, layout, address);
  if (layout === undefined || format === undefined) return undefined;

  const subheapList = followList(reader, address + layout.subheapList);
  const largeList = followList(reader, address + layout.largeList);
  const damage = [];
  if (subheapList.brokenAt !== undefined) {
    damage.push({ address: subheapList.brokenAt, message: 'the list of subheaps is broken' });
  }
  if (largeList.brokenAt !== undefined) {
    damage.push({ address: largeList.brokenAt, message: 'the list of large blocks is broken' });
  }
  const subheaps: Subheap[] = [];
  for (const link of subheapList.links) {
    const place = link - layout.subheap.entry;
    const subheap = readSubheap(memory, layout, address, place);
    if (subheap === undefined) damage.push({ address: place, message: 'the header of a subheap makes no sense' });
    else subheaps.push(subheap);
  }
  const largeBlocks = largeList.links.map((link) => link - layout.large.entry);
  return { layout, format, subheaps, largeBlocks, damage };
}

/** Addresses that the ring of heaps leads to from this one. */
export function neighbourHeaps(reader: ListReader, layout: HeapLayout, address: Address): Address[] {
  return followList(reader, address + layout.entry).links.map((link) => link - layout.entry);
}

function blockFormat(memory: Memory, layout: HeapLayout, address: Address): BlockFormat | undefined {
  if (layout.freeLists === undefined) return 'arena';
  const low = memory.u32(address + layout.freeLists);
  const high = memory.u32(address + layout.freeLists + 4);
  return low === undefined || high === undefined ? undefined : formatOfFreeList(low, high);
}

function readSubheap(memory: Memory, layout: HeapLayout, heap: Address, place: Address): Subheap | undefined {
  const { pointerSize, subheap } = layout;
  if (readPointer(memory, pointerSize, place + subheap.heap) !== heap) return undefined;
  const size = readPointer(memory, pointerSize, place + subheap.size);
  const committed = readPointer(memory, pointerSize, place + subheap.committed);
  if (size === undefined || committed === undefined || size < 0 || committed < 0) return undefined;
  const bounds =
    subheap.block === undefined
      ? arenaBounds(memory, layout, place, { size, committed })
      : {
          base: Math.floor(place / allocationGranularity) * allocationGranularity,
          firstBlock: place + subheap.block,
          committedEnd: place + subheap.block + headerBytes + committed,
          end: place + subheap.block + size,
        };
  if (bounds === undefined) return undefined;
  const { base, firstBlock, committedEnd, end } = bounds;
  const makesSense = firstBlock > base && committedEnd > firstBlock && end - base <= mostSubheapBytes;
  return makesSense ? { base, firstBlock, committedEnd: Math.min(committedEnd, end) } : undefined;
}

/** Until 7.0 sizes are counted from the start of the memory, which the structure names, and the header's size varies. */
function arenaBounds(
  memory: Memory,
  { pointerSize, subheap }: HeapLayout,
  place: Address,
  { size, committed }: { readonly size: number; readonly committed: number },
) {
  const base = readPointer(memory, pointerSize, place);
  const headerSize = memory.u32(place + subheap.headerSize);
  const magic = memory.u32(place + subheap.headerSize + 4);
  if (base === undefined || headerSize === undefined || magic !== arenaSubheapMagic) return undefined;
  return { base, firstBlock: base + headerSize, committedEnd: base + committed, end: base + size };
}
