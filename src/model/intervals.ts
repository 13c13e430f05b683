// Sets of addresses as sorted ranges that never overlap; `end` is exclusive.
import type { Address } from './address.ts';
import {
  type Column,
  isTable,
  type List,
  newTable,
  type RowForm,
  shortened,
  sliceOver,
  sortedTable,
  type Table,
  tableLike,
  tableOver,
} from './list.ts';

export interface Interval {
  readonly start: Address;
  readonly end: Address;
}

const intervalForm: RowForm<Interval> = {
  columnTypes: [Float64Array, Float64Array],
  write([starts, ends], index, { start, end }) {
    starts![index] = start;
    ends![index] = end;
  },
  read: ([starts, ends], index) => ({ start: starts![index]!, end: ends![index]! }),
};

/** Intervals in columns. */
export function newIntervals(items: Iterable<Interval> = []): Table<Interval> {
  return newTable(intervalForm, items);
}

/** What is made from a list that has most of it already; see tableLike. */
export function intervalsLike(items: Iterable<Interval>, list: List<Interval>): Table<Interval> {
  return tableLike(intervalForm, items, columnsOf(list));
}

/** All starts and all ends. */
export type IntervalColumns = readonly [starts: Float64Array, ends: Float64Array];

export function intervalsOver(columns: IntervalColumns): Table<Interval> {
  return tableOver(intervalForm, columns);
}

/** Some of them, from one up to another. */
export function someIntervals(columns: IntervalColumns, from: number, to: number): List<Interval> {
  return sliceOver(intervalForm, columns, from, to);
}

export function columnsOf(list: Iterable<Interval>): IntervalColumns {
  const [starts, ends] = (isTable(list) ? list : newIntervals(list)).columns;
  return [starts as Float64Array, ends as Float64Array];
}

/** The smallest first, of equals the earlier. */
export function bySize(intervals: Table<Interval>): Table<Interval> {
  return sortedTable(intervals, intervalForm, ([starts, ends], a, b) => {
    return ends![a]! - starts![a]! - (ends![b]! - starts![b]!);
  });
}

/** Sorts, and joins what overlaps or touches; what is so already is not copied. */
export function union(intervals: Iterable<Interval>): Table<Interval> {
  const all = intervalsOver(columnsOf(intervals));
  if (areApart(columnsOf(all))) return all;
  const [starts, ends] = columnsOf(sortedTable(all, intervalForm));
  const joined = newColumns(0);
  for (let index = 0; index < starts.length; ) {
    const start = starts[index]!;
    let end = ends[index]!;
    for (index++; index < starts.length && (starts[index]! <= end || ends[index]! <= start); index++)
      end = Math.max(end, ends[index]!);
    joined.add(start, end);
  }
  return joined.table();
}

function areApart([starts, ends]: IntervalColumns): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < starts.length; index++) {
    if (!(starts[index]! > before && ends[index]! > starts[index]!)) return false;
    before = ends[index]!;
  }
  return true;
}

/** Whether any two that are sorted by start have something in common. */
export function doOverlap(sorted: Iterable<Interval>): boolean {
  const [starts, ends] = columnsOf(sorted);
  let before = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < starts.length; index++) {
    if (starts[index]! < before) return true;
    before = Math.max(before, ends[index]!);
  }
  return false;
}

/** What lies in both sets. */
export function intersection(a: List<Interval>, b: List<Interval>): Table<Interval> {
  const [left, right] = [columnsOf(a), columnsOf(b)];
  if (areSame(left, right)) return intervalsOver(right);
  const [aStarts, aEnds] = left;
  const [bStarts, bEnds] = right;
  const common = newColumns(Math.min(aStarts.length, bStarts.length));
  for (let at = 0, other = 0; at < aStarts.length && other < bStarts.length; ) {
    common.add(Math.max(aStarts[at]!, bStarts[other]!), Math.min(aEnds[at]!, bEnds[other]!));
    if (aEnds[at]! <= bEnds[other]!) at++;
    else other++;
  }
  return common.table();
}

function areSame([aStarts, aEnds]: IntervalColumns, [bStarts, bEnds]: IntervalColumns): boolean {
  return isSameColumn(aStarts, bStarts) && isSameColumn(aEnds, bEnds);
}

/** Whether both hold the same numbers. */
export function isSameColumn(a: Column, b: Column): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** What lies in the first set and not in the second. */
export function difference(a: List<Interval>, b: List<Interval>): Table<Interval> {
  const [aStarts, aEnds] = columnsOf(a);
  const [starts, ends] = columnsOf(b);
  if (starts.length === 0) return intervalsOver([aStarts, aEnds]);
  const rest = newColumns(aStarts.length);
  let right = 0;
  for (let at = 0; at < aStarts.length; at++) {
    let start = aStarts[at]!;
    const end = aEnds[at]!;
    while (right < starts.length && ends[right]! <= start) right++;
    for (let index = right; index < starts.length && starts[index]! < end; index++) {
      rest.add(start, starts[index]!);
      start = Math.max(start, ends[index]!);
    }
    rest.add(start, end);
  }
  return rest.table();
}

/** Columns that grow; what is empty is not added. */
function newColumns(room: number) {
  let starts: Float64Array = new Float64Array(Math.max(16, room));
  let ends: Float64Array = new Float64Array(Math.max(16, room));
  let length = 0;
  return {
    add(start: Address, end: Address): void {
      if (start >= end) return;
      if (length === starts.length) [starts, ends] = [doubled(starts), doubled(ends)];
      starts[length] = start;
      ends[length++] = end;
    },
    table: () => intervalsOver([shortened(starts, length), shortened(ends, length)]),
  };
}

function doubled(column: Float64Array): Float64Array {
  const larger = new Float64Array(2 * column.length);
  larger.set(column);
  return larger;
}
