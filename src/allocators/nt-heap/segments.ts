import type { Address } from '../../model/address.ts';
import type { HeapLayout, LegacyLayout } from './layouts.ts';
import { followList, type ListReader, readPointer } from './linked-list.ts';
import type { HeapSegment } from './state.ts';

const pageBytes = 4096;

/** More than any heap has: uncommitted ranges of one segment lie at least a page apart. */
const mostRanges = 1 << 16;

interface Range {
  readonly start: Address;
  readonly end: Address;
}

/** Reads a _HEAP_SEGMENT of Windows Vista and later; undefined when its bounds make no sense. */
export function readSegment(reader: ListReader, layout: HeapLayout, address: Address): HeapSegment | undefined {
  const { memory } = reader;
  const { entry, segment } = layout;
  const base = readPointer(memory, entry.pointerSize, address + segment.base);
  const last = readPointer(memory, entry.pointerSize, address + segment.lastValidEntry);
  const pages = memory.u32(address + segment.pageCount);
  if (base !== address || last === undefined || pages === undefined) return undefined;
  const end = Math.min(last, base + pages * pageBytes);
  if (end <= base) return undefined;
  const uncommitted = memory.u32(address + segment.uncommittedPages) ?? 0;
  const { links } = followList(reader, address + segment.uncommittedList);
  const ranges: Range[] = [];
  for (const link of links) {
    const start = readPointer(memory, entry.pointerSize, link + segment.rangeAddress) ?? 0;
    const size = readPointer(memory, entry.pointerSize, link + segment.rangeSize) ?? 0;
    ranges.push({ start, end: start + size });
  }
  return makeSegment(base, end, (pages - uncommitted) * pageBytes, ranges);
}

/** Reads a _HEAP_SEGMENT until Windows 2003; the first one of a heap stands inside it and spans it. */
export function readLegacySegment(reader: ListReader, layout: LegacyLayout, heap: Address, address: Address) {
  const { memory, pointerSize, seen } = reader;
  const base = readPointer(memory, pointerSize, address + layout.segmentBase);
  const last = readPointer(memory, pointerSize, address + layout.lastValidEntry);
  const pages = memory.u32(address + layout.pageCount);
  if (base === undefined || last === undefined || pages === undefined) return undefined;
  const end = Math.min(last, base + pages * pageBytes);
  if ((base !== heap && base !== address) || end <= address) return undefined;
  const uncommitted = memory.u32(address + layout.uncommittedPages) ?? 0;
  const ranges: Range[] = [];
  let range = readPointer(memory, pointerSize, address + layout.uncommittedRanges);
  while (range !== undefined && range !== 0 && !seen.has(range) && ranges.length < mostRanges) {
    seen.add(range);
    const start = readPointer(memory, pointerSize, range + pointerSize) ?? 0;
    const size = readPointer(memory, pointerSize, range + 2 * pointerSize) ?? 0;
    ranges.push({ start, end: start + size });
    range = readPointer(memory, pointerSize, range);
  }
  return makeSegment(base, end, (pages - uncommitted) * pageBytes, ranges);
}

function makeSegment(start: Address, end: Address, committedBytes: number, ranges: Range[]): HeapSegment {
  const inside = ranges.filter((range) => range.start > start && range.end > range.start && range.end <= end);
  inside.sort((a, b) => a.start - b.start);
  const apart = inside.filter((range, index) => index === 0 || range.start >= inside[index - 1]!.end);
  return {
    start,
    end,
    committedBytes,
    gapStarts: Float64Array.from(apart, (range) => range.start),
    gapEnds: Float64Array.from(apart, (range) => range.end),
  };
}
