// Tracks that hold blocks of a heap that was found are heap, whatever the dump called them.
import type { Heap } from '../allocators/allocator.ts';
import { lastStartingAtOrBelow } from '../model/address.ts';
import type { Track } from '../model/track.ts';

export interface NamedHeap {
  readonly name: string;
  readonly heap: Heap;
}

/** A region is called heap when at least this share of it, where it is present last, is. */
const leastShare = 0.5;

/** The same tracks, in the same order, with kind and name of those that mostly belong to heaps. */
export function nameHeaps(tracks: readonly Track[], heaps: readonly NamedHeap[]): Track[] {
  const covered = new Float64Array(tracks.length);
  const names: (string | undefined)[] = tracks.map(() => undefined);
  for (const { name, heap } of heaps) {
    for (const range of heap.ranges) {
      for (let index = Math.max(0, lastStartingAtOrBelow(tracks, range.start)); index < tracks.length; index++) {
        const track = tracks[index]!;
        if (track.start >= range.end) break;
        if (track.end <= range.start || track.kind === 'image' || track.kind === 'mapped-file') continue;
        covered[index]! += Math.min(range.end, track.end) - Math.max(range.start, track.start);
        names[index] ??= name;
      }
    }
  }
  return tracks.map((track, index) => {
    const size = track.presence.findLast((presence) => presence !== null)?.mappedBytes ?? 0;
    const name = names[index];
    return name !== undefined && covered[index]! >= leastShare * size ? { ...track, kind: 'heap', name } : track;
  });
}
