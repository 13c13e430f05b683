// Writable memory of the program's own that no heap walk accounts for: where strides are looked for and counted.
import type { Memory } from '../memory/memory.ts';
import { difference, type Interval, intersection, union } from '../model/intervals.ts';
import type { Track } from '../model/track.ts';
import type { TrackMeasure } from '../scan/track-measure.ts';
import type { FoundHeaps } from './walk-heaps.ts';

export interface UnwalkedMemory {
  /** Where the last dump holds something that the first did not. */
  readonly grownRuns: Interval[];
  /** Captured memory, per dump. */
  readonly ranges: Interval[][];
}

export function unwalkedMemory(input: {
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
  readonly found: readonly FoundHeaps[];
  readonly memories: readonly Memory[];
}): UnwalkedMemory {
  const isOpen = input.tracks.map(
    ({ kind, writable }) => writable && kind !== 'image' && kind !== 'mapped-file' && kind !== 'stack',
  );
  const walked = input.memories.map((_, dump) =>
    union(input.found.flatMap(({ heaps }) => heaps[dump]!.flatMap((heap) => [...heap.ranges]))),
  );
  const open = input.tracks.filter((_, index) => isOpen[index]);
  const grown = input.measures.filter((_, index) => isOpen[index]).flatMap((measure) => measure.grownRuns);
  return {
    grownRuns: difference(union(grown), walked.at(-1)!),
    ranges: input.memories.map((memory, dump) => {
      const mapped = union(open.flatMap((track) => [...(track.presence[dump]?.pieces ?? [])]));
      const captured = union(memory.dump.captured.map(({ start, size }) => ({ start, end: start + size })));
      return difference(intersection(mapped, captured), walked[dump]!);
    }),
  };
}
