// Goes through the memory of all dumps side by side, window by window, and says what of it has to be read.
import type { CapturedRuns } from '../../memory/captured-runs.ts';
import type { Address } from '../../model/address.ts';
import { columnsOf, type Interval, type IntervalColumns } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { KnownPages, Stretches } from './known-pages.ts';

/**
 * Is told what is to be done for one dump's part of a window, in the order of addresses; what is left out holds no hit.
 * Hits are told by the place of their last word.
 */
export interface CountSteps {
  /** Hits are to be looked for. What lies in front of the range is not looked at. */
  read(start: Address, end: Address, rangeStart: Address): void;
  /** The hits are those of the dump before. */
  takeOver(start: Address, end: Address): void;
}

export interface PlannedWindow {
  readonly start: Address;
  /** To be asked in the order of the windows, and of dumps within each. */
  plan(dump: number, steps: CountSteps): void;
}

/** Bytes of a window: of more there would be more hits to keep, and each costs some ten microseconds of JavaScript. */
export const windowBytes = 1 << 22;

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
    const rangesOf = (dump: number) => rangesIn(all[dump]!, firsts[dump]!, window);
    yield {
      start,
      plan(dump, steps) {
        const stretches = known?.pages(dump, window);
        if (stretches === undefined) planAll(rangesOf(dump), window, steps);
        else if (dump === 0) planAmongZeros(rangesOf(dump), { window, stretches }, steps);
        else {
          const two = [borders![dump - 1]!, borders![dump]!] as const;
          planSinceBefore(rangesOf(dump), { window, stretches, before: rangesOf(dump - 1), borders: two }, steps);
        }
      },
    };
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

function planAll({ starts, ends, from, to }: NearRanges, window: Interval, steps: CountSteps): void {
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    planReading(steps, Math.max(range.start, window.start), Math.min(range.end, window.end), range);
  }
}

interface KnownWindow {
  readonly window: Interval;
  /** In the first dump those that are zero, in the others those that are as in the dump before. */
  readonly stretches: Stretches;
}

/** In the first dump: stretches of zeros are left out. */
function planAmongZeros(
  { starts, ends, from, to }: NearRanges,
  { window, stretches: { count, bounds } }: KnownWindow,
  steps: CountSteps,
): void {
  let firstStretch = 0;
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    while (firstStretch < count && bounds[2 * firstStretch + 1]! <= range.start) firstStretch++;
    let at = Math.max(range.start, window.start);
    for (let next = firstStretch; next < count && bounds[2 * next]! < range.end; next++) {
      const zeroStart = Math.max(at, bounds[2 * next]! + farthest);
      const zeroEnd = Math.min(window.end, bounds[2 * next + 1]! - farthest);
      if (zeroStart >= zeroEnd) continue;
      planReading(steps, at, Math.min(zeroStart, range.end), range);
      at = zeroEnd;
    }
    planReading(steps, at, Math.min(range.end, window.end), range);
  }
}

interface WindowSinceBefore extends KnownWindow {
  /** Ranges of the dump before, whose hits are kept there. */
  readonly before: NearRanges;
  /** Of both dumps. */
  readonly borders: readonly [Borders, Borders];
}

/** In the other dumps: hits are taken over of what both dumps have of stretches that are as before. */
function planSinceBefore(
  { starts, ends, from, to }: NearRanges,
  { window, stretches: { count, bounds }, before, borders }: WindowSinceBefore,
  steps: CountSteps,
): void {
  let firstStretch = 0;
  let firstOther = before.from;
  for (let index = from; index < to; index++) {
    const range = { start: starts[index]!, end: ends[index]! };
    while (firstOther < before.to && before.ends[firstOther]! <= range.start) firstOther++;
    let at = Math.max(range.start, window.start);
    // Elsewhere the words of two dumps may not begin at the same addresses.
    const isOnWord = (start: Address) => start % 8 === 0;
    for (let other = firstOther; other < before.to && before.starts[other]! < range.end; other++) {
      if (!isOnWord(range.start) || !isOnWord(before.starts[other]!)) continue;
      const start = Math.max(range.start, before.starts[other]!);
      const end = Math.min(range.end, before.ends[other]!);
      const sharedStart = borders.every((one) => one.isFirst(start)) ? start : start + farthest;
      const sharedEnd = borders.every((one) => one.isLast(end)) ? end : end - farthest;
      while (firstStretch < count && bounds[2 * firstStretch + 1]! <= start) firstStretch++;
      for (let next = firstStretch; next < count && bounds[2 * next]! < end; next++) {
        const stretchStart = bounds[2 * next]!;
        const stretchEnd = bounds[2 * next + 1]!;
        const sameStart = Math.max(at, stretchStart <= start ? sharedStart : stretchStart + farthest);
        const sameEnd = Math.min(window.end, stretchEnd >= end ? sharedEnd : stretchEnd - farthest);
        if (sameStart >= sameEnd) continue;
        planReading(steps, at, sameStart, range);
        steps.takeOver(sameStart, sameEnd);
        at = sameEnd;
      }
    }
    planReading(steps, at, Math.min(range.end, window.end), range);
  }
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
function planReading(steps: CountSteps, from: Address, to: Address, range: Interval): void {
  if (from >= to) return;
  const start = upToWord(from, range);
  const end = upToWord(to, range);
  if (start < end) steps.read(start, end, range.start);
}

function upToWord(at: Address, { start, end }: Interval): Address {
  return Math.min(end, start + Math.ceil((at - start) / 8) * 8);
}
