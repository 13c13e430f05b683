// Regions and captured ranges of a dump in columns: there may be a million of them.
import { type CapturedRange, type MemoryRegion, regionKinds } from './dump.ts';
import { type Interval, newIntervals } from './intervals.ts';
import { newTable, type RowForm, sortedTable, type Table } from './list.ts';

const capturedForm: RowForm<CapturedRange> = {
  columnCount: 3,
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

/** By start, of equals the longest first. */
export function sortedCaptured(table: Table<CapturedRange>): Table<CapturedRange> {
  return sortedTable(table, capturedForm, ([starts, ends], a, b) => starts![a]! - starts![b]! || ends![b]! - ends![a]!);
}

/** The addresses of captured ranges. */
export function capturedIntervals(ranges: Iterable<CapturedRange>): Table<Interval> {
  return newIntervals(addressesOf(ranges));
}

function* addressesOf(ranges: Iterable<CapturedRange>): Generator<Interval, void> {
  for (const { start, size } of ranges) yield { start, end: start + size };
}

/** Bits of what is not an address; the name's number stands above them. */
const rights = { readable: 1, writable: 2, executable: 4, rightsAreAssumed: 8 };
const kindUnit = 16;
const nameUnit = 256;

/** Names are kept once each, in the order in which they come first. */
function regionForm(): RowForm<MemoryRegion> {
  const names: string[] = [];
  const numberOf = new Map<string, number>();
  return {
    columnCount: 3,
    write([starts, ends, attributes], index, region) {
      let name = numberOf.get(region.name);
      if (name === undefined) {
        name = names.push(region.name) - 1;
        numberOf.set(region.name, name);
      }
      starts![index] = region.start;
      ends![index] = region.end;
      attributes![index] =
        name * nameUnit +
        regionKinds.indexOf(region.kind) * kindUnit +
        (region.readable ? rights.readable : 0) +
        (region.writable ? rights.writable : 0) +
        (region.executable ? rights.executable : 0) +
        (region.rightsAreAssumed ? rights.rightsAreAssumed : 0);
    },
    read([starts, ends, attributes], index) {
      const word = attributes![index]!;
      const bits = word % nameUnit;
      const region = {
        start: starts![index]!,
        end: ends![index]!,
        kind: regionKinds[bits >>> 4]!,
        name: names[Math.floor(word / nameUnit)]!,
        readable: (bits & rights.readable) !== 0,
        writable: (bits & rights.writable) !== 0,
        executable: (bits & rights.executable) !== 0,
      };
      return (bits & rights.rightsAreAssumed) === 0 ? region : { ...region, rightsAreAssumed: true };
    },
  };
}

/** @param regions in any order; the table has them by start, of equals the longest first */
export function newRegionTable(regions: Iterable<MemoryRegion>): Table<MemoryRegion> {
  const form = regionForm();
  return sortedTable(
    newTable(form, regions),
    form,
    ([starts, ends], a, b) => starts![a]! - starts![b]! || ends![b]! - ends![a]!,
  );
}
