// Tracks that hold blocks of a heap that was found are heap, whatever the dump called them.
import type { Heap } from '../allocators/allocator.ts';
import { lastStartingAtOrBelow } from '../model/address.ts';
import type { Track } from '../model/track.ts';

export interface NamedHeap {
  readonly name: string;
  readonly heap: Heap;
}

/** The same tracks, in the same order, with kind and name of those that belong to a heap. */
export function nameHeaps(tracks: readonly Track[], heaps: readonly NamedHeap[]): Track[] {
  const named = [...tracks];
  for (const { name, heap } of heaps) {
    for (const range of heap.ranges) {
      for (let index = Math.max(0, lastStartingAtOrBelow(tracks, range.start)); index < tracks.length; index++) {
        const track = named[index]!;
        if (track.start >= range.end) break;
        if (track.end <= range.start || track.kind === 'image' || track.kind === 'mapped-file') continue;
        if (track.kind !== 'heap') named[index] = { ...track, kind: 'heap', name };
      }
    }
  }
  return named;
}
