// Sets of addresses as sorted ranges that never overlap; `end` is exclusive.
import type { Address } from './address.ts';
import { isTable, type List, newTable, type RowForm, sortedTable, type Table } from './list.ts';

export interface Interval {
  readonly start: Address;
  readonly end: Address;
}

const intervalForm: RowForm<Interval> = {
  columnCount: 2,
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

/** The smallest first, of equals the earlier. */
export function bySize(intervals: Table<Interval>): Table<Interval> {
  return sortedTable(intervals, intervalForm, ([starts, ends], a, b) => {
    return ends![a]! - starts![a]! - (ends![b]! - starts![b]!);
  });
}

/** Sorts, and joins what overlaps or touches. */
export function union(intervals: Iterable<Interval>): Table<Interval> {
  const all = newIntervals(filled(intervals));
  const [starts, ends] = sortedTable(all, intervalForm).columns;
  return newIntervals(joined(starts!, ends!));
}

function* filled(intervals: Iterable<Interval>): Generator<Interval, void> {
  for (const one of intervals) if (one.start < one.end) yield one;
}

function* joined(starts: Float64Array, ends: Float64Array): Generator<Interval, void> {
  for (let index = 0; index < starts.length; ) {
    const start = starts[index]!;
    let end = ends[index]!;
    for (index++; index < starts.length && starts[index]! <= end; index++) end = Math.max(end, ends[index]!);
    yield { start, end };
  }
}

/** What lies in both sets. */
export function intersection(a: List<Interval>, b: List<Interval>): Table<Interval> {
  const [aStarts, aEnds] = columnsOf(a);
  const [bStarts, bEnds] = columnsOf(b);
  const common = newIntervals();
  for (let left = 0, right = 0; left < a.length && right < b.length; ) {
    const start = Math.max(aStarts[left]!, bStarts[right]!);
    const end = Math.min(aEnds[left]!, bEnds[right]!);
    if (start < end) common.push({ start, end });
    if (aEnds[left]! <= bEnds[right]!) left++;
    else right++;
  }
  return common;
}

/** What lies in the first set and not in the second. */
export function difference(a: List<Interval>, b: List<Interval>): Table<Interval> {
  const [starts, ends] = columnsOf(b);
  const rest = newIntervals();
  let right = 0;
  for (const one of a) {
    let { start } = one;
    while (right < b.length && ends[right]! <= start) right++;
    for (let index = right; index < b.length && starts[index]! < one.end; index++) {
      if (starts[index]! > start) rest.push({ start, end: starts[index]! });
      start = Math.max(start, ends[index]!);
    }
    if (start < one.end) rest.push({ start, end: one.end });
  }
  return rest;
}

/** All starts and all ends. */
export function columnsOf(list: List<Interval>): readonly [Float64Array, Float64Array] {
  const { columns } = isTable(list) ? list : newIntervals(list);
  return [columns[0]!, columns[1]!];
}
