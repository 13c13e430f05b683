// What one dump holds and another leaves out: it may have been there all the time, so that it must not pass for growth.
import type { Memory } from '../memory/memory.ts';
import { lastStartingAtOrBelow } from '../model/address.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { columnsOf, difference, type Interval, intersection, intervalsOver, isSameColumn } from '../model/intervals.ts';
import type { List, Table } from '../model/list.ts';
import { lowerBound } from '../model/lower-bound.ts';
import type { Track, TrackPresence } from '../model/track.ts';

export interface CaptureDifferences {
  /** By step between neighbouring dumps: bytes of writable memory that the earlier one left out and the later one holds. */
  readonly revealedBytes: readonly number[];
  /** The other way round. */
  readonly hiddenBytes: readonly number[];
  /** By track: bytes that the first dump left out and the last one holds. */
  readonly revealedOfTrack: readonly number[];
  /** By track: whether all dumps hold the same parts of it, as far as it was there. */
  readonly isEven: readonly boolean[];
  /** Whether the first dump may leave out memory without a word, so that what is mapped does not compare either. */
  readonly isFirstPartial: boolean;
}

export function captureDifferences(tracks: readonly Track[], memories: readonly Memory[]): CaptureDifferences {
  const steps = memories.slice(1).map(() => ({ revealed: 0, hidden: 0 }));
  const revealedOfTrack: number[] = [];
  const isEven: boolean[] = [];
  const dumps = memories.map(({ dump }) => ({
    isPartial: dump.mayLackRegions,
    captured: capturedIntervals(dump.captured),
  }));
  for (const track of tracks) {
    const holdings = dumps.map((dump, index) => holdingOf(track.presence[index] ?? null, dump));
    revealedOfTrack.push(leftOut(holdings[0]!, holdings.at(-1)!));
    let uneven = 0;
    for (const [index, step] of steps.entries()) {
      const revealed = leftOut(holdings[index]!, holdings[index + 1]!);
      const hidden = leftOut(holdings[index + 1]!, holdings[index]!);
      uneven += revealed + hidden;
      if (!track.writable || track.kind === 'image' || track.kind === 'mapped-file') continue;
      step.revealed += revealed;
      step.hidden += hidden;
    }
    isEven.push(uneven === 0);
  }
  return {
    revealedBytes: steps.map(({ revealed }) => revealed),
    hiddenBytes: steps.map(({ hidden }) => hidden),
    revealedOfTrack,
    isEven,
    isFirstPartial: memories[0]?.dump.mayLackRegions === true,
  };
}

/** In the track's addresses. */
interface Holding {
  /** Undefined where the dump does not say what was mapped: then it may have been anything. */
  readonly mapped: List<Interval> | undefined;
  readonly captured: List<Interval>;
}

interface Captured {
  /** Whether the dump may leave out regions. */
  readonly isPartial: boolean | undefined;
  readonly captured: Table<Interval>;
}

function holdingOf(own: TrackPresence | null, { isPartial, captured }: Captured): Holding {
  if (!own) return { mapped: isPartial ? undefined : [], captured: [] };
  // Sorted, and never overlapping; whether neighbours are joined makes no difference to what is left out.
  const mapped = own.pieces;
  const ranges = within(captured, own);
  const moved = (intervals: List<Interval>) =>
    own.shift === 0
      ? intervals
      : intervals.map(({ start, end }) => ({ start: start + own.shift, end: end + own.shift }));
  return {
    mapped: isPartial ? undefined : moved(mapped),
    captured: moved(intersection(mapped, ranges)),
  };
}

/** Captured ranges that reach into the presence. */
function within(captured: Table<Interval>, { start, end }: Interval): List<Interval> {
  const [starts, ends] = columnsOf(captured);
  const first = Math.max(0, lastStartingAtOrBelow(captured, start));
  const last = lowerBound(starts, end);
  return intervalsOver([starts.subarray(first, last), ends.subarray(first, last)]);
}

/** Bytes that the first leaves out, though they may have been there, and the second holds. */
function leftOut(first: Holding, second: Holding): number {
  if (isSame(first.captured, second.captured)) return 0;
  const missing = difference(second.captured, first.captured);
  const known = first.mapped === undefined ? missing : intersection(missing, first.mapped);
  return known.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Most tracks: what two dumps hold of them is told without making lists of it. */
function isSame(a: List<Interval>, b: List<Interval>): boolean {
  const [left, right] = [columnsOf(a), columnsOf(b)];
  return isSameColumn(left[0], right[0]) && isSameColumn(left[1], right[1]);
}
