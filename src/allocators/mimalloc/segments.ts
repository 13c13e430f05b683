import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { writableRuns } from '../captured-runs.ts';
import { type PageLayout, pageLayouts, sliceFields } from './page-layouts.ts';
import { type Page, readBlockSize, readPage, type Segment } from './pages.ts';

/** MI_SEGMENT_SIZE and MI_SEGMENT_SLICE_SIZE on 64-bit systems. */
const segmentBytes = 1 << 25;
const sliceBytes = 1 << 16;
const slicesInSegment = segmentBytes / sliceBytes;

/** The array of slices follows a header that grew from version to version. */
const header = { shortest: 0xc0, longest: 0x180 } as const;

const largestSegmentSlices = 1 << 24;
const mostInfoSlices = 4;
const largestPage = Math.max(...pageLayouts.map(({ bytes }) => bytes));

/** Finds segments by probing one place in every 32 MiB of writable memory. */
export function findSegments(memory: Memory): Segment[] {
  const readings: (readonly Segment[])[] = [];
  const bytes = new Uint8Array(header.longest + (slicesInSegment + 1) * largestPage);
  for (const run of writableRuns(memory.dump)) {
    let at = Math.ceil(run.start / segmentBytes) * segmentBytes;
    while (at < run.end) {
      const reading = readSegment(memory, at, bytes);
      if (reading.length > 0) readings.push(reading);
      at += Math.max(1, Math.ceil((reading[0]?.size ?? 0) / segmentBytes)) * segmentBytes;
    }
  }
  return withLikeliestLayout(readings);
}

/**
 * A segment with hardly a page can be read in several ways: all segments are of the version that shows most pages.
 * Huge segments prove little and never come alone, so they do not count.
 */
function withLikeliestLayout(readings: readonly (readonly Segment[])[]): Segment[] {
  let best: Segment[] = [];
  let mostPages = 0;
  for (const layout of pageLayouts) {
    const segments = readings.flatMap((reading) => reading.find((segment) => segment.layout === layout) ?? []);
    const normal = segments.filter(({ size }) => size === segmentBytes);
    const pages = normal.reduce((sum, segment) => sum + segment.pages.length, 0);
    if (pages > mostPages) {
      best = segments;
      mostPages = pages;
    }
  }
  return best;
}

/** The segment at `start` as each layout reads it that makes sense of it. */
function readSegment(memory: Memory, start: Address, bytes: Uint8Array): Segment[] {
  // A first glance, so that memory without segments costs a page of reading each.
  if (memory.read(start, bytes.subarray(0, header.longest)) < header.longest) return [];
  const view = new DataView(bytes.buffer);
  const offsets: number[] = [];
  for (let offset = header.shortest; offset <= header.longest; offset += 8) {
    if (isHeaderEnd(view, offset)) offsets.push(offset);
  }
  if (offsets.length === 0) return [];
  const got = memory.read(start, bytes);
  return offsets.flatMap((slicesOffset) => {
    const size = view.getUint32(slicesOffset - 40, true) * sliceBytes;
    return pageLayouts.flatMap((layout) => {
      const pages = readPages(view, got, start, slicesOffset, layout);
      return pages === undefined ? [] : [{ start, size, layout, pages }];
    });
  });
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
    const count = view.getUint32(at + sliceFields.sliceCount, true);
    if (count === 0 || view.getUint32(at + sliceFields.sliceOffset, true) !== 0) return undefined;
    if (slice + count <= entries) {
      const last = at + (count - 1) * layout.bytes;
      if (view.getUint32(last + sliceFields.sliceOffset, true) !== (count - 1) * layout.bytes && !huge)
        return undefined;
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
