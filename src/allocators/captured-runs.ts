import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { columnsOf } from '../model/intervals.ts';

export interface MemoryRange {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
}

/** Part of a range that was captured without a gap. */
export interface CapturedRun<R extends MemoryRange> extends MemoryRange {
  readonly range: R;
}

/**
 * What was captured of ranges, one after the other, neighbours joined. Ranges come from dumps and may say anything; how
 * much was captured is bounded by the file.
 */
export function* capturedRuns<R extends MemoryRange>(dump: Dump, ranges: Iterable<R>): Generator<CapturedRun<R>, void> {
  const captured = capturedIntervals(dump.captured);
  const [starts, ends] = columnsOf(captured);
  let index = 0;
  for (const range of ranges) {
    // Most ranges follow one another, as what was captured of them does.
    if (!(starts[index]! <= range.start && !(starts[index + 1]! <= range.start)))
      index = Math.max(0, lastStartingAtOrBelow(captured, range.start));
    while (starts[index]! < range.end) {
      const start = Math.max(range.start, starts[index]!);
      let end: Address = starts[index]!;
      for (; starts[index] === end && end < range.end; index++) end = ends[index]!;
      if (end > start) yield { start, end: Math.min(end, range.end), range };
    }
  }
}

/** What was captured of writable memory, region by region. */
export function writableRuns(dump: Dump): Generator<MemoryRange, void> {
  return capturedRuns(dump, writable());

  function* writable(): Generator<MemoryRange, void> {
    for (const region of dump.regions) if (region.writable) yield region;
  }
}
