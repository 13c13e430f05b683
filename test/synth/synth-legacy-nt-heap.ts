import type { Address, PointerSize } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-nt-heap.ts';

/*
 * Writes NT heaps of Windows 2000 to 2003 and XP by the layouts in Microsoft's public symbols, restated here on
 * their own so that a slip in the walker is not repeated.
 */

/** A block by its whole size; `unused` are the bytes of it that nobody asked for. */
export interface LegacyBlock {
  readonly bytes: number;
  readonly unused: number;
  readonly flags: number;
}

interface LegacySegmentModel {
  readonly address: Address;
  /** A number is an uncommitted range of so many pages; the block before must end on a page boundary. */
  readonly items: readonly (LegacyBlock | number)[];
}

export interface LegacyHeapModel {
  readonly pointerSize: PointerSize;
  readonly segments: readonly LegacySegmentModel[];
  readonly largeBlocks?: readonly { readonly address: Address; readonly request: number }[];
  readonly records: Address;
}

const pageBytes = 0x1000;

const facts = {
  4: {
    granule: 8,
    fields: 0,
    heapHeader: 0x640,
    segmentHeader: 0x40,
    virtual: 0x50,
    segments: 0x58,
    segment: { signature: 8, heap: 0x10, base: 0x18, pages: 0x1c, first: 0x20, last: 0x24, gone: 0x28, ranges: 0x30 },
    large: { commit: 0x10, reserve: 0x14, block: 0x18 },
  },
  8: {
    granule: 16,
    fields: 8,
    heapHeader: 0xb00,
    segmentHeader: 0x70,
    virtual: 0x90,
    segments: 0xa0,
    segment: { signature: 16, heap: 0x18, base: 0x28, pages: 0x30, first: 0x38, last: 0x40, gone: 0x48, ranges: 0x50 },
    large: { commit: 0x20, reserve: 0x28, block: 0x30 },
  },
} as const;

/** Writes the heap into the image; returns what a walk must tell, in its order. */
export function writeLegacyHeap(image: MemoryImage, model: LegacyHeapModel): ExpectedBlock[] {
  const fact = facts[model.pointerSize];
  const heap = model.segments[0]!.address;
  const expected: ExpectedBlock[] = [];
  let records = model.records;
  for (const [index, segment] of model.segments.entries()) {
    const place = writeSegment(image, model, { segment, records, expected });
    records += pageBytes;
    image.pointer(model.pointerSize, heap + fact.segments + index * model.pointerSize, place);
  }
  image.u32(heap + 2 * model.pointerSize, 0xeeffeeff);
  writeLargeBlocks(image, model, heap + fact.virtual, expected);
  return expected;
}

/** Returns where the segment's structure stands: behind the heap's in the first one. */
function writeSegment(
  image: MemoryImage,
  model: LegacyHeapModel,
  task: { readonly segment: LegacySegmentModel; readonly records: Address; readonly expected: ExpectedBlock[] },
): Address {
  const { pointerSize } = model;
  const fact = facts[pointerSize];
  const heap = model.segments[0]!.address;
  const { address, items } = task.segment;
  const isFirst = address === heap;
  const place = isFirst ? heap + fact.heapHeader : address;
  const headers = isFirst ? [fact.heapHeader, fact.segmentHeader] : [fact.segmentHeader];
  const blocks = [...headers.map((bytes) => ({ bytes, unused: 0, flags: 1 })), ...items];
  const ranges: { start: Address; size: number }[] = [];
  let at = address;
  let previous = 0;
  for (const block of blocks) {
    if (typeof block === 'number') {
      ranges.push({ start: at, size: block * pageBytes });
      at += block * pageBytes;
      previous = 0;
      continue;
    }
    image.commit(at, at + block.bytes);
    image.u16(at + fact.fields, block.bytes / fact.granule);
    image.u16(at + fact.fields + 2, previous / fact.granule);
    image.u8(at + fact.fields + 5, block.flags);
    image.u8(at + fact.fields + 6, block.unused);
    const live = (block.flags & 1) === 1;
    const request = live && block.unused > 0 ? block.bytes - block.unused : -1;
    task.expected.push({ address: at, stride: block.bytes, live, request });
    previous = block.bytes;
    at += block.bytes;
  }
  const end = Math.ceil(at / pageBytes) * pageBytes;
  const goneBytes = ranges.reduce((sum, { size }) => sum + size, 0);
  const { segment } = fact;
  image.u32(place + segment.signature, 0xffeeffee);
  image.pointer(pointerSize, place + segment.heap, heap);
  image.pointer(pointerSize, place + segment.base, address);
  image.u32(place + segment.pages, (end - address) / pageBytes);
  image.pointer(pointerSize, place + segment.last, at);
  image.u32(place + segment.gone, goneBytes / pageBytes);
  writeRanges(image, pointerSize, place + segment.ranges, task.records, ranges);
  return place;
}

function writeRanges(
  image: MemoryImage,
  pointerSize: PointerSize,
  head: Address,
  records: Address,
  ranges: readonly { readonly start: Address; readonly size: number }[],
): void {
  let link = head;
  for (const [index, { start, size }] of ranges.entries()) {
    const record = records + index * 0x20;
    image.pointer(pointerSize, link, record);
    image.pointer(pointerSize, record + pointerSize, start);
    image.pointer(pointerSize, record + 2 * pointerSize, size);
    link = record;
  }
  image.pointer(pointerSize, link, 0);
}

function writeLargeBlocks(image: MemoryImage, model: LegacyHeapModel, head: Address, expected: ExpectedBlock[]): void {
  const { pointerSize } = model;
  const fact = facts[pointerSize];
  const large = model.largeBlocks ?? [];
  const ring = [head, ...large.map(({ address }) => address)];
  for (const [index, link] of ring.entries()) image.pointer(pointerSize, link, ring[(index + 1) % ring.length]!);
  for (const { address, request } of large) {
    const commit = Math.ceil((request + fact.large.block + fact.granule) / pageBytes) * pageBytes;
    const block = address + fact.large.block;
    image.commit(address, address + 0x100);
    image.pointer(pointerSize, address + fact.large.commit, commit);
    image.pointer(pointerSize, address + fact.large.reserve, commit);
    image.u16(block + fact.fields, commit - request);
    image.u8(block + fact.fields + 5, 0x0b);
    expected.push({ address: block, stride: commit, live: true, request });
  }
}
