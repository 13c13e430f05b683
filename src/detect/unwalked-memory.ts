// Writable memory of the program's own that no heap walk accounts for: where strides are looked for and counted.
import type { Memory } from '../memory/memory.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { difference, type Interval, intersection, union } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import type { Track } from '../model/track.ts';
import { grownIn, type TrackMeasure } from '../scan/track-measure.ts';
import type { FoundHeaps } from './walk-heaps.ts';

export interface UnwalkedMemory {
  /** Where the last dump holds something that the first did not. */
  readonly grownRuns: List<Interval>;
  /** Captured memory, per dump. */
  readonly ranges: List<Interval>[];
}

export function unwalkedMemory(input: {
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
  readonly found: readonly FoundHeaps[];
  readonly memories: readonly Memory[];
}): UnwalkedMemory {
  const searched = input.measures.filter((_, index) => isSearched(input.tracks[index]!));
  const last = input.memories.length - 1;
  return {
    grownRuns: difference(union(grownIn(searched)), walkedRanges(input.found, last)),
    ranges: input.memories.map((memory, dump) => unwalkedRanges(input.tracks, input.found, memory, dump)),
  };
}

/** Captured memory of one dump. */
export function unwalkedRanges(
  tracks: readonly Track[],
  found: readonly FoundHeaps[],
  memory: Memory,
  dump: number,
): List<Interval> {
  const mapped = difference(union(memory.dump.regions), union(otherPieces(tracks, dump)));
  const captured = union(capturedIntervals(memory.dump.captured));
  return difference(intersection(mapped, captured), walkedRanges(found, dump));
}

/** Of the tracks that are not searched: every region is in one track. */
function* otherPieces(tracks: readonly Track[], dump: number): Generator<Interval, void> {
  for (const track of tracks) if (!isSearched(track)) yield* track.presence[dump]?.pieces ?? [];
}

/** Writable memory of the program's own. */
export function isSearched({ kind, writable }: Track): boolean {
  return writable && kind !== 'image' && kind !== 'mapped-file' && kind !== 'stack';
}

function walkedRanges(found: readonly FoundHeaps[], dump: number): List<Interval> {
  return union(found.flatMap(({ heaps }) => heaps[dump]!.flatMap((heap) => [...heap.ranges])));
}
