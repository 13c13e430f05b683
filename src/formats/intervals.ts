import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { List } from '../model/list.ts';

/** A range of addresses; `end` is exclusive. */
export interface Interval {
  readonly start: Address;
  readonly end: Address;
}

/** Called for each part in address order, with the interval it lies in, if any. */
type OnPart<R, I> = (part: Interval, range: R, inside: I | undefined) => void;

/**
 * Cuts ranges where an interval begins or ends. Both lists are sorted by start and intervals never overlap; ranges may:
 * then what they share belongs to the one that starts first. Takes as many steps as there are ranges and intervals.
 */
export function cutRanges<R extends Interval, I extends Interval>(
  ranges: Iterable<R>,
  intervals: List<I>,
  onPart: OnPart<R, I>,
): void {
  let next = 0;
  let interval = intervals.at(0);
  let done = Number.NEGATIVE_INFINITY;
  for (const range of ranges) {
    let at = Math.max(range.start, done);
    while (at < range.end) {
      while (interval !== undefined && interval.end <= at) {
        next += 1;
        interval = intervals.at(next);
      }
      const inside = interval !== undefined && interval.start <= at ? interval : undefined;
      const limit = inside?.end ?? interval?.start ?? range.end;
      const end = Math.min(range.end, limit);
      onPart({ start: at, end }, range, inside);
      at = end;
    }
    done = Math.max(done, range.end);
  }
}

/** Sorts by start and cuts off what another interval, starting earlier, has already taken; empty ones go. */
export function withoutOverlaps<I extends Interval>(intervals: readonly I[]): I[] {
  return [...cutOverlaps([...intervals].sort((a, b) => a.start - b.start || b.end - a.end))];
}

/** The same of those that are sorted by start, of equals the longest first. */
export function* cutOverlaps<I extends Interval>(sorted: Iterable<I>): Generator<I, void> {
  let done = Number.NEGATIVE_INFINITY;
  for (const interval of sorted) {
    if (interval.end <= done || interval.end <= interval.start) continue;
    yield interval.start >= done ? interval : { ...interval, start: done };
    done = interval.end;
  }
}

/** Index of the interval that holds the address, or -1. Intervals are sorted and never overlap. */
export function indexHolding(intervals: List<Interval>, address: Address): number {
  const index = lastStartingAtOrBelow(intervals, address);
  return index >= 0 && address < intervals.at(index)!.end ? index : -1;
}
