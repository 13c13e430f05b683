import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Track } from '../model/track.ts';
import { chooseScale } from './layout/choose-scale.ts';
import { chooseTracks } from './layout/choose-tracks.ts';
import { trackStory } from './layout/fold-tracks.ts';
import type { Band, CellBand, Layout } from './layout/layout-types.ts';
import { quietRuns, runCells } from './layout/quiet-runs.ts';
import { crowd, foldHeight, stackBands } from './layout/stack-bands.ts';
import type { PictureInput } from './picture.ts';

export type { Band, CellBand, Layout };

/** Pixels between bands: room for the border of each and a line of paper between; in a crowd for the borders only. */
const bandGap = 5;
const crowdedGap = 3;
/** Memory areas from this width on are looked at from afar: text is twice as large there. */
const largeWidth = 1500;

const layouts = new WeakMap<PictureInput, Layout>();

/** The layout of a diff's pictures; made once per input. */
export function layoutOf(input: PictureInput): Layout {
  const known = layouts.get(input);
  if (known) return known;
  const layout = makeLayout(input);
  layouts.set(input, layout);
  return layout;
}

function makeLayout(input: PictureInput): Layout {
  const regions = new Map(input.report.regions.map((region) => [region.id, region]));
  const stories = input.tracks.map((track) => trackStory(track, regions.get(track.id)));
  stories.sort((a, b) => unsigned(a.track.start) - unsigned(b.track.start));
  const chosen = chooseTracks(stories, input.cellMap);
  const shown = input.cellMap.tracks.filter((track) => chosen.drawn.has(track.trackId));
  const allCells = shown.reduce((sum, track) => sum + track.cellCount, 0);
  const quiet = new Map(shown.map((track) => [track.trackId, quietRuns(track, allCells)]));
  const shownCells = shown.map((track) =>
    quiet.get(track.trackId)!.reduce((left, run) => left - runCells(run), track.cellCount),
  );
  const gap = shown.length > crowd ? crowdedGap : bandGap;
  const scale = chooseScale(input, shownCells, shown.length * gap);
  const textScale = scale.columns * scale.cellWidth >= largeWidth ? 2 : 1;
  const bands = stackBands(stories, { scale, chosen, quiet, gap: gap * textScale, textScale });
  const last = bands.at(-1);
  return {
    bytesPerCell: scale.map.bytesPerCell,
    columns: scale.columns,
    cellWidth: scale.cellWidth,
    cellHeight: scale.cellHeight,
    width: scale.columns * scale.cellWidth,
    height: last ? last.top + last.height : foldHeight,
    bands,
    textScale,
  };
}

/** The upper half of an address space is negative, yet stands last. */
function unsigned(address: Address): number {
  return address < 0 ? address + 2 ** 64 : address;
}

/** Address of the first byte of a band's row; rows count from 0. */
export function rowAddress(layout: Layout, band: CellBand, row: number): Address {
  return band.cells.start + (band.firstCell + row * layout.columns) * layout.bytesPerCell;
}

/** Whether the track is mapped at that address in that dump, captured or not. */
export function isMapped(track: Track, dump: number, address: Address): boolean {
  const pieces = track.presence[dump]?.pieces ?? [];
  const piece = pieces[lastStartingAtOrBelow(pieces, address)];
  return piece !== undefined && address < piece.end;
}
