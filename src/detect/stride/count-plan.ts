// Goes through the memory of all dumps side by side, window by window, and says what of it has to be read.
import type { CapturedRuns } from '../../memory/captured-runs.ts';
import type { Address } from '../../model/address.ts';
import { columnsOf, type Interval, type IntervalColumns } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { KnownPages } from './known-pages.ts';

/** What is to be done for a stretch of a window in one dump. Hits are told by the place of their last word. */
export interface CountStep extends Interval {
  /** Start of the range that is read; undefined where the hits are those of the dump before. */
  readonly rangeStart: Address | undefined;
}

export interface PlannedWindow {
  readonly start: Address;
  /** Of each dump, sorted; what is left out holds no hit. To be asked for in the order of the windows. */
  steps(): readonly (readonly CountStep[])[];
}

/** Bytes of a window: what was read is still in the processor's cache when it is looked at. */
export const windowBytes = 1 << 20;

/**
 * A hit depends on words at most this far on either side: those of a shape and the one in front of it, and companions
 * of the token.
 */
const farthest = 256;

/** What saves reading. */
export interface Known {
  readonly pages: KnownPages;
  /** All that is captured, per dump. */
  readonly captured: readonly CapturedRuns[];
}

/**
 * @param ranges of memory in which blocks are counted, per dump; sorted, not touching
 * @param known undefined where nothing is
 */
export function* planCounting(
  ranges: readonly List<Interval>[],
  known: Known | undefined,
): Generator<PlannedWindow, void> {
  const all = ranges.map(columnsOf);
  const next = ranges.map(() => 0);
  const borders = known?.captured.map(newBorders);
  for (let at = Number.NEGATIVE_INFINITY; ; ) {
    let first = Number.POSITIVE_INFINITY;
    for (const [dump, [starts, ends]] of all.entries()) {
      while (ends[next[dump]!]! <= at) next[dump]!++;
      if (next[dump]! < starts.length) first = Math.min(first, Math.max(at, starts[next[dump]!]!));
    }
    if (first === Number.POSITIVE_INFINITY) return;
    const start = Math.floor(first / windowBytes) * windowBytes;
    const window = { start, end: start + windowBytes };
    at = window.end;
    const firsts = [...next];
    const steps = () => {
      const near = all.map((columns, dump) => rangesIn(columns, firsts[dump]!, window));
      return near.map((own, dump) => {
        const stretches = known?.pages(dump, window);
        if (stretches === undefined) return stepsInAll(own, window);
        if (dump === 0) return stepsAmongZeros(own, window, stretches);
        const before = near[dump - 1]!;
        return stepsSinceBefore(own, window, { stretches, before, borders: [borders![dump - 1]!, borders![dump]!] });
      });
    };
    yield { start, steps };
  }
}

/** Some ranges of a dump, from one up to another: as indices, for objects of a million would be more than their bytes. */
interface NearRanges {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly from: number;
  readonly to: number;
}

function rangesIn([starts, ends]: IntervalColumns, from: number, window: Interval): NearRanges {
  let to = from;
  while (starts[to]! < window.end) to++;
  return { starts, ends, from, to };
}

function stepsInAll({ starts, ends, from, to }: NearRanges, window: Interval): CountStep[] {
  const steps: CountStep[] = [];
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    addReading(steps, Math.max(range.start, window.start), Math.min(range.end, window.end), range);
  }
  return steps;
}

/** In the first dump: stretches of zeros are left out. */
function stepsAmongZeros(
  { starts, ends, from, to }: NearRanges,
  window: Interval,
  stretches: readonly Interval[],
): CountStep[] {
  const steps: CountStep[] = [];
  let firstStretch = 0;
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    while (firstStretch < stretches.length && stretches[firstStretch]!.end <= range.start) firstStretch++;
    let at = Math.max(range.start, window.start);
    for (let next = firstStretch; next < stretches.length && stretches[next]!.start < range.end; next++) {
      const stretch = stretches[next]!;
      const zeroStart = Math.max(at, stretch.start + farthest);
      const zeroEnd = Math.min(window.end, stretch.end - farthest);
      if (zeroStart >= zeroEnd) continue;
      addReading(steps, at, Math.min(zeroStart, range.end), range);
      at = zeroEnd;
    }
    addReading(steps, at, Math.min(range.end, window.end), range);
  }
  return steps;
}

interface Before {
  /** That are as in the dump before. */
  readonly stretches: readonly Interval[];
  /** Ranges of the dump before, whose hits are kept there. */
  readonly before: NearRanges;
  /** Of both dumps. */
  readonly borders: readonly [Borders, Borders];
}

/** In the other dumps: hits are taken over of what both dumps have of stretches that are as before. */
function stepsSinceBefore(
  { starts, ends, from, to }: NearRanges,
  window: Interval,
  { stretches, before, borders }: Before,
): CountStep[] {
  const steps: CountStep[] = [];
  let firstStretch = 0;
  let firstOther = before.from;
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    while (firstStretch < stretches.length && stretches[firstStretch]!.end <= range.start) firstStretch++;
    while (firstOther < before.to && before.ends[firstOther]! <= range.start) firstOther++;
    let at = Math.max(range.start, window.start);
    // Elsewhere the words of two dumps may not begin at the same addresses.
    for (let next = firstStretch; range.start % 8 === 0 && next < stretches.length; next++) {
      const stretch = stretches[next]!;
      if (stretch.start >= range.end) break;
      for (let other = firstOther; other < before.to && before.starts[other]! < range.end; other++) {
        if (before.starts[other]! % 8 !== 0) continue;
        const start = Math.max(stretch.start, range.start, before.starts[other]!);
        const end = Math.min(stretch.end, range.end, before.ends[other]!);
        if (start >= end) continue;
        const isFirst = borders[0].isFirst(start) && borders[1].isFirst(start);
        const isLast = borders[0].isLast(end) && borders[1].isLast(end);
        const sameStart = Math.max(at, isFirst ? start : start + farthest);
        const sameEnd = Math.min(window.end, isLast ? end : end - farthest);
        if (sameStart >= sameEnd) continue;
        addReading(steps, at, sameStart, range);
        steps.push({ start: sameStart, end: sameEnd, rangeStart: undefined });
        at = sameEnd;
      }
    }
    addReading(steps, at, Math.min(range.end, window.end), range);
  }
  return steps;
}

/** Where captured memory begins and ends with nothing near it, so that no hit depends on what lies beyond. */
interface Borders {
  isFirst(start: Address): boolean;
  isLast(end: Address): boolean;
}

/** To be asked in an order that is nearly ascending. */
function newBorders({ starts, ends }: CapturedRuns): Borders {
  let near = 0;
  const seek = (address: Address) => {
    while (starts[near + 1]! <= address) near++;
    while (starts[near]! > address) near--;
  };
  return {
    isFirst(start) {
      seek(start);
      return starts[near] === start && !(ends[near - 1]! > start - farthest);
    },
    isLast(end) {
      seek(end - 1);
      return ends[near] === end && !(starts[near + 1]! < end + farthest);
    },
  };
}

/** What is to be read of a part of a range, which is in the window; it begins and ends between words. */
function addReading(steps: CountStep[], from: Address, to: Address, range: Interval): void {
  const start = upToWord(from, range);
  const end = upToWord(to, range);
  if (start < end) steps.push({ start, end, rangeStart: range.start });
}

function upToWord(at: Address, { start, end }: Interval): Address {
  return Math.min(end, start + Math.ceil((at - start) / 8) * 8);
}
