// Goes through the memory of all dumps side by side, window by window, and says what of it has to be read.
import type { CapturedRuns } from '../../memory/captured-runs.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { KnownPages } from './known-pages.ts';

/** What is to be done for a stretch of a window in one dump. Hits are told by the place of their last word. */
export interface CountStep extends Interval {
  /** Undefined where the hits are those of the dump before; else the range that is read. */
  readonly range: Interval | undefined;
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
  const lanes = ranges.map((own) => ({ own, next: 0 }));
  const borders = known?.captured.map(newBorders);
  for (let at = Number.NEGATIVE_INFINITY; ; ) {
    let first = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
      let range = lane.own.at(lane.next);
      while (range !== undefined && range.end <= at) range = lane.own.at(++lane.next);
      if (range !== undefined) first = Math.min(first, Math.max(at, range.start));
    }
    if (first === Number.POSITIVE_INFINITY) return;
    const start = Math.floor(first / windowBytes) * windowBytes;
    const window = { start, end: start + windowBytes };
    at = window.end;
    const firsts = lanes.map(({ next }) => next);
    const steps = () => {
      const near = ranges.map((own, dump) => rangesIn(own, firsts[dump]!, window));
      return near.map((own, dump) => {
        if (known === undefined) return own.map((range) => stepOf(range, range, window));
        const stretches = known.pages(dump, window);
        if (dump === 0) return own.flatMap((range) => stepsAmongZeros(range, window, stretches));
        const before = near[dump - 1]!;
        return stepsSinceBefore(own, window, { stretches, before, borders: [borders![dump - 1]!, borders![dump]!] });
      });
    };
    yield { start, steps };
  }
}

function rangesIn(ranges: List<Interval>, first: number, window: Interval): Interval[] {
  const found: Interval[] = [];
  for (let index = first; index < ranges.length; index++) {
    const range = ranges.at(index)!;
    if (range.start >= window.end) break;
    found.push(range);
  }
  return found;
}

/** In the first dump: stretches of zeros are left out. */
function stepsAmongZeros(range: Interval, window: Interval, stretches: readonly Interval[]): CountStep[] {
  const steps: CountStep[] = [];
  let at = Math.max(range.start, window.start);
  for (const { start, end } of stretches) {
    const from = Math.max(at, start + farthest);
    const to = Math.min(window.end, end - farthest);
    if (from >= to) continue;
    addReading(steps, { start: at, end: from }, range, window);
    at = to;
  }
  addReading(steps, { start: at, end: range.end }, range, window);
  return steps;
}

interface Before {
  /** That are as in the dump before. */
  readonly stretches: readonly Interval[];
  /** Ranges of the dump before, whose hits are kept there. */
  readonly before: readonly Interval[];
  /** Of both dumps. */
  readonly borders: readonly Borders[];
}

/** In the other dumps: hits are taken over of what both dumps have of stretches that are as before. */
function stepsSinceBefore(
  ranges: readonly Interval[],
  window: Interval,
  { stretches, before, borders }: Before,
): CountStep[] {
  const steps: CountStep[] = [];
  let firstStretch = 0;
  let firstOther = 0;
  for (const range of ranges) {
    while (firstStretch < stretches.length && stretches[firstStretch]!.end <= range.start) firstStretch++;
    while (firstOther < before.length && before[firstOther]!.end <= range.start) firstOther++;
    let at = Math.max(range.start, window.start);
    // Elsewhere the words of two dumps may not begin at the same addresses.
    for (let index = firstStretch; range.start % 8 === 0 && index < stretches.length; index++) {
      const stretch = stretches[index]!;
      if (stretch.start >= range.end) break;
      for (let other = firstOther; other < before.length && before[other]!.start < range.end; other++) {
        if (before[other]!.start % 8 !== 0) continue;
        const start = Math.max(stretch.start, range.start, before[other]!.start);
        const end = Math.min(stretch.end, range.end, before[other]!.end);
        if (start >= end) continue;
        const from = Math.max(at, borders.every(({ isFirst }) => isFirst(start)) ? start : start + farthest);
        const to = Math.min(window.end, borders.every(({ isLast }) => isLast(end)) ? end : end - farthest);
        if (from >= to) continue;
        addReading(steps, { start: at, end: from }, range, window);
        steps.push({ start: from, end: to, range: undefined });
        at = to;
      }
    }
    addReading(steps, { start: at, end: range.end }, range, window);
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

function addReading(steps: CountStep[], part: Interval, range: Interval, window: Interval): void {
  const step = stepOf(part, range, window);
  if (step.start < step.end) steps.push(step);
}

/** What is to be read of a part of a range, in the window; it begins and ends between words. */
function stepOf(part: Interval, range: Interval, window: Interval): CountStep {
  const upToWord = (at: number) => Math.min(range.end, range.start + Math.ceil((at - range.start) / 8) * 8);
  const start = Math.max(part.start, window.start);
  const end = Math.min(part.end, window.end);
  return { start: upToWord(start), end: upToWord(end), range };
}
