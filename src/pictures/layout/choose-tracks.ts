import { type CellMap, cellAbsent } from '../../model/cell-map.ts';
import type { TrackStory } from './fold-tracks.ts';

/** Share of all cells below which a steady region is folded. */
const smallShare = 0.02;
/** What grows least is folded beyond this many. */
const mostTracks = 400;

/** Which tracks get rows of their own, by id. */
export interface ChosenTracks {
  /** Those that grow or change, and steady ones that are large. */
  readonly drawn: ReadonlySet<string>;
  /** Those that could be drawn: in the cell map, and captured in some dump. */
  readonly drawable: ReadonlySet<string>;
}

export function chooseTracks(stories: readonly TrackStory[], map: CellMap): ChosenTracks {
  const held = map.tracks.filter((track) => track.cells.some((codes) => codes.some((code) => code !== cellAbsent)));
  const counts = new Map(held.map((track) => [track.trackId, track.cellCount]));
  const total = held.reduce((sum, track) => sum + track.cellCount, 0);
  const inMap = stories.filter((story) => counts.has(story.track.id));
  const small = Math.max(1, total * smallShare);
  const shown = inMap.filter((story) => !story.isSteady || counts.get(story.track.id)! > small);
  // Where nothing changes, the largest region is still worth a look.
  if (shown.length === 0) shown.push(...[...inMap].sort((a, b) => b.mappedBytes - a.mappedBytes).slice(0, 1));
  shown.sort((a, b) => b.growthBytes - a.growthBytes || b.mappedBytes - a.mappedBytes);
  return {
    drawn: new Set(shown.slice(0, mostTracks).map((story) => story.track.id)),
    drawable: new Set(counts.keys()),
  };
}
