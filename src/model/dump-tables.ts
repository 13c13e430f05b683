// Regions and captured ranges of a dump in columns: there may be a million of them.
import { type CapturedRange, type MemoryRegion, regionKinds } from './dump.ts';
import { columnsOf, type Interval, type IntervalColumns, intervalsOver, newIntervals } from './intervals.ts';
import { type Column, isTable, type List, newTable, type RowForm, sortedTable, type Table, tableLike } from './list.ts';

const capturedForm: RowForm<CapturedRange> = {
  columnTypes: [Float64Array, Float64Array, Float64Array],
  write([starts, ends, fileOffsets], index, { start, size, fileOffset }) {
    starts![index] = start;
    ends![index] = start + size;
    fileOffsets![index] = fileOffset;
  },
  read: ([starts, ends, fileOffsets], index) => ({
    start: starts![index]!,
    size: ends![index]! - starts![index]!,
    fileOffset: fileOffsets![index]!,
  }),
};

export function newCapturedTable(ranges: Iterable<CapturedRange> = []): Table<CapturedRange> {
  return newTable(capturedForm, ranges);
}

/** Where the bounds of ranges and regions may stand already, in the same order. */
export interface LikeBounds {
  readonly bounds: List<Interval>;
  /** Where the bytes stand in the file. */
  readonly fileOffsets?: Column;
}

/** @param like shares what is the same: most of a million regions are captured whole */
export function capturedTableLike(ranges: Iterable<CapturedRange>, like: LikeBounds): Table<CapturedRange> {
  return tableLike(capturedForm, ranges, [...columnsOf(like.bounds), like.fileOffsets]);
}

/** By start, of equals the longest first. */
export function sortedCaptured(table: Table<CapturedRange>): Table<CapturedRange> {
  return sortedTable(table, capturedForm, ([starts, ends], a, b) => starts![a]! - starts![b]! || ends![b]! - ends![a]!);
}

/** The addresses of captured ranges. */
export function capturedIntervals(ranges: Iterable<CapturedRange>): Table<Interval> {
  if (isTable(ranges)) return intervalsOver(ranges.columns.slice(0, 2) as unknown as IntervalColumns);
  return newIntervals(addressesOf(ranges));
}

function* addressesOf(ranges: Iterable<CapturedRange>): Generator<Interval, void> {
  for (const { start, size } of ranges) yield { start, end: start + size };
}

/** Bits of what is not an address; the name's number stands above them. */
const rights = { readable: 1, writable: 2, executable: 4, rightsAreAssumed: 8 };
const kindShift = 4;
const nameShift = 8;

/** Names are kept once each, in the order in which they come first. */
function regionForm(): RowForm<MemoryRegion> {
  const names: string[] = [];
  const numberOf = new Map<string, number>();
  return {
    columnTypes: [Float64Array, Float64Array, Uint32Array],
    write([starts, ends, attributes], index, region) {
      let name = numberOf.get(region.name);
      if (name === undefined) {
        name = names.push(region.name) - 1;
        numberOf.set(region.name, name);
      }
      starts![index] = region.start;
      ends![index] = region.end;
      attributes![index] =
        (name << nameShift) |
        (regionKinds.indexOf(region.kind) << kindShift) |
        (region.readable ? rights.readable : 0) |
        (region.writable ? rights.writable : 0) |
        (region.executable ? rights.executable : 0) |
        (region.rightsAreAssumed ? rights.rightsAreAssumed : 0);
    },
    read([starts, ends, attributes], index) {
      const word = attributes![index]!;
      const region = {
        start: starts![index]!,
        end: ends![index]!,
        kind: regionKinds[(word >>> kindShift) & 15]!,
        name: names[word >>> nameShift]!,
        readable: (word & rights.readable) !== 0,
        writable: (word & rights.writable) !== 0,
        executable: (word & rights.executable) !== 0,
      };
      return (word & rights.rightsAreAssumed) === 0 ? region : { ...region, rightsAreAssumed: true };
    },
  };
}

/**
 * @param regions in any order; the table has them by start, of equals the longest first
 * @param like where bounds may stand already, in the same order; see capturedTableLike
 */
export function newRegionTable(regions: Iterable<MemoryRegion>, like: List<Interval> = []): Table<MemoryRegion> {
  const form = regionForm();
  return sortedTable(
    tableLike(form, regions, columnsOf(like)),
    form,
    ([starts, ends], a, b) => starts![a]! - starts![b]! || ends![b]! - ends![a]!,
  );
}
