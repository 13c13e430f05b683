import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { type PageLayout, pageFields, pageLayouts } from './page-layouts.ts';

/** A run of slices that holds blocks of one size (mi_page_t). */
export interface Page {
  /** Address of its first slice. */
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  readonly blockSize: number;
  /** Blocks that were ever handed out or put on a list; what follows is untouched. */
  readonly capacity: number;
  /** Blocks that the page has room for. */
  readonly reserved: number;
  /** Blocks not on the page's own two lists. */
  readonly used: number;
  /** Address of its record. */
  readonly record: Address;
  /** Where the first block stands; undefined where the record does not say. */
  readonly firstBlock: Address | undefined;
}

export interface Segment {
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  readonly layout: PageLayout;
  /** Offset of the array of slices. */
  readonly slicesOffset: number;
  readonly pages: readonly Page[];
}

/** MI_SEGMENT_SIZE and MI_SEGMENT_SLICE_SIZE on 64-bit systems. */
const segmentBytes = 1 << 25;
const sliceBytes = 1 << 16;
const slicesInSegment = segmentBytes / sliceBytes;

/** The array of slices follows a header that grew from version to version. */
const header = { shortest: 0xc0, longest: 0x180 } as const;

const largestSegmentSlices = 1 << 24;
const mostInfoSlices = 4;

/** Finds segments by probing one place in every 32 MiB of writable memory. */
export function findSegments(memory: Memory): Segment[] {
  const segments: Segment[] = [];
  const bytes = new Uint8Array(header.longest + (slicesInSegment + 1) * 112);
  for (const region of memory.dump.regions) {
    if (!region.writable) continue;
    let at = Math.ceil(region.start / segmentBytes) * segmentBytes;
    while (at < region.end) {
      const segment = readSegment(memory, at, bytes);
      if (segment !== undefined) segments.push(segment);
      at += Math.max(1, Math.ceil((segment?.size ?? 0) / segmentBytes)) * segmentBytes;
    }
  }
  return segments;
}

function readSegment(memory: Memory, start: Address, bytes: Uint8Array): Segment | undefined {
  // A first glance, so that memory without segments costs a page of reading each.
  if (memory.read(start, bytes.subarray(0, header.longest)) < header.longest) return undefined;
  const view = new DataView(bytes.buffer);
  const offsets: number[] = [];
  for (let offset = header.shortest; offset <= header.longest; offset += 8) {
    if (isHeaderEnd(view, offset)) offsets.push(offset);
  }
  if (offsets.length === 0) return undefined;
  const got = memory.read(start, bytes);
  for (const slicesOffset of offsets) {
    for (const layout of pageLayouts) {
      const pages = readPages(view, got, start, slicesOffset, layout);
      if (pages === undefined) continue;
      const size = view.getUint32(slicesOffset - 40, true) * sliceBytes;
      return { start, size, layout, slicesOffset, pages };
    }
  }
  return undefined;
}

/** The last words before the slices: slices in all, those for the header itself, kind, entries, owning thread. */
function isHeaderEnd(view: DataView, offset: number): boolean {
  const slices = view.getUint32(offset - 40, true);
  const infoSlices = view.getUint32(offset - 32, true);
  const kind = view.getUint32(offset - 24, true);
  const entries = view.getUint32(offset - 16, true);
  for (const place of [40, 32, 16]) if (view.getUint32(offset - place + 4, true) !== 0) return false;
  if (infoSlices < 1 || infoSlices > mostInfoSlices || slices <= infoSlices || slices > largestSegmentSlices)
    return false;
  if (kind === 0) return slices === slicesInSegment && (entries === slices || entries === slices - 1);
  return kind === 1 && entries === Math.min(slices, slicesInSegment);
}

/**
 * The pages of a segment, when the slices make sense as a whole: they are parted into runs that follow each other to
 * the very end, each run's last slice points back to its first, and every page has room for the blocks it says.
 */
function readPages(
  view: DataView,
  length: number,
  start: Address,
  slicesOffset: number,
  layout: PageLayout,
): Page[] | undefined {
  const infoSlices = view.getUint32(slicesOffset - 32, true);
  const huge = view.getUint32(slicesOffset - 24, true) === 1;
  const entries = view.getUint32(slicesOffset - 16, true);
  if (slicesOffset + entries * layout.bytes > length) return undefined;
  const pages: Page[] = [];
  let slice = 0;
  while (slice < entries) {
    const at = slicesOffset + slice * layout.bytes;
    const count = view.getUint32(at + pageFields.sliceCount, true);
    if (count === 0 || view.getUint32(at + pageFields.sliceOffset, true) !== 0) return undefined;
    if (slice + count <= entries) {
      const last = at + (count - 1) * layout.bytes;
      if (view.getUint32(last + pageFields.sliceOffset, true) !== (count - 1) * layout.bytes && !huge) return undefined;
    } else if (!huge || slice < infoSlices) return undefined;
    if (slice === 0 && count !== infoSlices) return undefined;
    if (slice > 0 && readBlockSize(view, at, layout) > 0) {
      const page = readPage(view, at, layout, start + slice * sliceBytes, count * sliceBytes, start + at);
      if (page === undefined) return undefined;
      pages.push(page);
    }
    slice += count;
  }
  return pages;
}

function readBlockSize(view: DataView, at: number, { blockSize }: PageLayout): number {
  const low = view.getUint32(at + blockSize.offset, true);
  return blockSize.bytes === 4 ? low : view.getUint32(at + blockSize.offset + 4, true) * 4294967296 + low;
}

function readPage(
  view: DataView,
  at: number,
  layout: PageLayout,
  start: Address,
  size: number,
  record: Address,
): Page | undefined {
  const capacity = view.getUint16(at + pageFields.capacity, true);
  const reserved = view.getUint16(at + pageFields.reserved, true);
  const { offset, bytes } = layout.used;
  const used = bytes === 2 ? view.getUint16(at + offset, true) : view.getUint32(at + offset, true);
  // Sizes from 2 GiB on do not fit in 32 bits: such a page is one block.
  const blockSize = Math.min(readBlockSize(view, at, layout), size);
  if (capacity > reserved || used > capacity || blockSize < 8 || reserved * blockSize > size) return undefined;
  let firstBlock: Address | undefined;
  if (layout.pageStart !== undefined) {
    firstBlock =
      view.getUint32(at + layout.pageStart + 4, true) * 4294967296 + view.getUint32(at + layout.pageStart, true);
    if (firstBlock < start || firstBlock + reserved * blockSize > start + size) return undefined;
  }
  return { start, size, blockSize, capacity, reserved, used, record, firstBlock };
}
