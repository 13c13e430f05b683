// Regions of all dumps become tracks: by address within an address space, by what they are from space to space.
import type { Dump } from '../model/dump.ts';
import type { Track } from '../model/track.ts';
import { matchRegions } from './match-regions.ts';
import { mergeSpaces } from './merge-spaces.ts';
import { type NamedHeap, nameHeaps } from './name-heaps.ts';

/**
 * Every region of every dump is in exactly one track. Sorted by address.
 * @param heaps per dump, those that were found
 * @param spaceOf per dump; see Runs
 */
export function followRegions(
  dumps: readonly Dump[],
  heaps: readonly (readonly NamedHeap[])[],
  spaceOf: readonly number[],
): Track[] {
  const spaces = [...new Set(spaceOf.toReversed())].map((space) => {
    const own = dumps.map((dump, index) => (spaceOf[index] === space ? dump : { ...dump, regions: [] }));
    const tracks = nameHeaps(matchRegions(own), heaps.filter((_, index) => spaceOf[index] === space).flat());
    return { tracks, dump: dumps[spaceOf.lastIndexOf(space)]! };
  });
  const [last, ...others] = spaces;
  const tracks = others.reduce((merged, space) => mergeSpaces(merged, space, last!.dump), last!.tracks);
  return others.length === 0 ? tracks : inOrder(tracks);
}

function inOrder(tracks: readonly Track[]): Track[] {
  const sorted = [...tracks].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.map((track, index) => ({ ...track, id: `r${index + 1}` }));
}
