// Goes through the memory of all dumps side by side, window by window, and says what of it has to be read.
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { KnownPages } from './known-pages.ts';
import { pieceBytes } from './token-finder.ts';

/** What is to be done for a stretch of a window in one dump. Hits are told by the place of their last word. */
export interface CountStep extends Interval {
  /** Undefined where the hits are those of the dump before; else the range that is read. */
  readonly range: Interval | undefined;
}

/** Steps of each dump, sorted; what is left out holds no hit. To be asked for in the order of the windows. */
export type PlannedWindow = () => readonly (readonly CountStep[])[];

/**
 * A hit depends on words at most this far on either side: those of a shape and the one in front of it, and companions
 * of the token.
 */
const farthest = 256;

/**
 * @param ranges of memory in which blocks are counted, per dump; sorted, not touching
 * @param known undefined where nothing is known of pages
 */
export function* planCounting(
  ranges: readonly List<Interval>[],
  known: KnownPages | undefined,
): Generator<PlannedWindow, void> {
  const lanes = ranges.map((own) => ({ own, next: 0 }));
  for (let at = Number.NEGATIVE_INFINITY; ; ) {
    let first = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
      let range = lane.own.at(lane.next);
      while (range !== undefined && range.end <= at) range = lane.own.at(++lane.next);
      if (range !== undefined) first = Math.min(first, Math.max(at, range.start));
    }
    if (first === Number.POSITIVE_INFINITY) return;
    const start = Math.floor(first / pieceBytes) * pieceBytes;
    const window = { start, end: start + pieceBytes };
    at = window.end;
    const firsts = lanes.map(({ next }) => next);
    yield () => {
      const near = ranges.map((own, dump) => rangesIn(own, firsts[dump]!, window));
      return near.map((own, dump) => {
        if (known === undefined) return own.map((range) => stepOf(range, range, window));
        const before = dump === 0 ? undefined : near[dump - 1]!;
        const stretches = known(dump, window);
        return own.flatMap((range) => stepsIn(range, window, { stretches, before }));
      });
    };
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

/**
 * @param stretches that need not be read
 * @param before ranges of the dump before, whose hits are kept there; undefined in the first, where there are none
 */
function stepsIn(
  range: Interval,
  window: Interval,
  { stretches, before }: { readonly stretches: readonly Interval[]; readonly before: readonly Interval[] | undefined },
): CountStep[] {
  const steps: CountStep[] = [];
  let at = Math.max(range.start, window.start);
  const passOver = (start: number, end: number) => {
    const from = Math.max(at, start + farthest);
    const to = Math.min(window.end, end - farthest);
    if (from >= to) return;
    steps.push(stepOf({ start: at, end: from }, range, window));
    if (before) steps.push({ start: from, end: to, range: undefined });
    at = to;
  };
  for (const { start, end } of stretches) {
    if (!before) passOver(start, end);
    // Elsewhere the words of two dumps may not begin at the same addresses.
    else if (range.start % 8 === 0)
      for (const other of before)
        if (other.start % 8 === 0)
          passOver(Math.max(start, range.start, other.start), Math.min(end, range.end, other.end));
  }
  steps.push(stepOf({ start: at, end: range.end }, range, window));
  return steps.filter((step) => step.start < step.end);
}

/** What is to be read of a part of a range, in the window; it begins and ends between words. */
function stepOf(part: Interval, range: Interval, window: Interval): CountStep {
  const upToWord = (at: number) => Math.min(range.end, range.start + Math.ceil((at - range.start) / 8) * 8);
  const start = Math.max(part.start, window.start);
  const end = Math.min(part.end, window.end);
  return { start: upToWord(start), end: upToWord(end), range };
}
