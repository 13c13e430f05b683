import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { TrackCells } from '../model/cell-map.ts';
import type { Track } from '../model/track.ts';
import { type CellGrid, cellAtPlace, firstCellOfRow, placeOfCell } from './layout/cell-places.ts';
import { chooseScale, mostPixels } from './layout/choose-scale.ts';
import { type ChosenTracks, chooseTracks } from './layout/choose-tracks.ts';
import { type TrackStory, trackStory } from './layout/fold-tracks.ts';
import type { CellBand, Layout } from './layout/layout-types.ts';
import { type QuietRun, quietRuns } from './layout/quiet-runs.ts';
import { crowd, foldHeight, stackBands } from './layout/stack-bands.ts';
import type { PictureInput } from './picture.ts';

export type { CellBand, Layout };

/** Pixels between bands: room for the border of each and a line of paper between; in a crowd for the borders only. */
const bandGap = 5;
const crowdedGap = 3;
/** Memory areas from this width on are looked at from afar: text is twice as large there. */
const largeWidth = 1500;

/** Share of cells that have to remain for quiet ones to be folded. */
const leastLoudShare = 0.01;

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
  const quiet = findQuiet(shown);
  const shownCells = shown.map((track) => loudCells(track, quiet));
  const gap = shown.length > crowd ? crowdedGap : bandGap;
  // Folds and rows that are not full take room that is known only when bands are stacked: then the choice is made again.
  let gapPixels = shown.length * gap;
  let stacked = stack(stories, { input, chosen, quiet, shownCells, gap, gapPixels });
  for (let again = 0; again < 2 && stacked.width * stacked.height > mostPixels; again++) {
    gapPixels += Math.ceil(stacked.height - mostPixels / stacked.width);
    stacked = stack(stories, { input, chosen, quiet, shownCells, gap, gapPixels });
  }
  return stacked;
}

interface StackInput {
  readonly input: PictureInput;
  readonly chosen: ChosenTracks;
  readonly quiet: Quiet;
  readonly shownCells: readonly number[];
  readonly gap: number;
  readonly gapPixels: number;
}

function stack(stories: readonly TrackStory[], given: StackInput): Layout {
  const scale = chooseScale(given.input, given.shownCells, given.gapPixels);
  const textScale = scale.columns * scale.cellWidth >= largeWidth ? 2 : 1;
  const order = given.input.order ?? 'linear';
  const bands = stackBands(stories, { ...given, scale, order, gap: given.gap * textScale, textScale });
  const last = bands.at(-1);
  return {
    bytesPerCell: scale.map.bytesPerCell,
    order,
    columns: scale.columns,
    cellWidth: scale.cellWidth,
    cellHeight: scale.cellHeight,
    width: scale.columns * scale.cellWidth,
    height: last ? last.top + last.height : foldHeight,
    bands,
    textScale,
  };
}

type Quiet = ReadonlyMap<string, readonly QuietRun[]>;

/** Quiet runs of all tracks. What is large is so by what remains, so the search is done again without the largest. */
function findQuiet(tracks: readonly TrackCells[]): Quiet {
  let quiet: Quiet = new Map();
  for (let pass = 0; pass < 2; pass++) {
    const cells = tracks.reduce((sum, track) => sum + loudCells(track, quiet), 0);
    quiet = new Map(tracks.map((track) => [track.trackId, quietRuns(track, cells)]));
  }
  const all = tracks.reduce((sum, track) => sum + track.cellCount, 0);
  const loud = tracks.reduce((sum, track) => sum + loudCells(track, quiet), 0);
  // Where there is nothing else to see, quiet memory is what the picture shows.
  return loud < all * leastLoudShare ? new Map() : quiet;
}

/** Cells of a track that do not lie in a quiet run. */
function loudCells(track: TrackCells, quiet: Quiet): number {
  return (quiet.get(track.trackId) ?? []).reduce((left, run) => left - (run.endCell - run.firstCell), track.cellCount);
}

/** The upper half of an address space is negative, yet stands last. */
function unsigned(address: Address): number {
  return address < 0 ? address + 2 ** 64 : address;
}

/** Address of the first byte of a band's row; of the squares that the row runs through where they are Hilbert's. */
export function rowAddress(layout: Layout, band: CellBand, row: number): Address {
  return cellAddress(layout, band, firstCellOfRow(gridOf(layout, band), row));
}

/** Address of a band's cell, counted from the band's first. */
export function cellAddress(layout: Layout, band: CellBand, index: number): Address {
  return band.cells.start + (band.firstCell + index) * layout.bytesPerCell;
}

/** How a band's cells are laid out. */
export function gridOf(layout: Layout, band: CellBand): CellGrid {
  return { columns: layout.columns, side: band.side };
}

/**
 * First address that a pixel of the memory area stands for; undefined between bands, on folds, and behind a band's end.
 * @param x pixels from the left edge of the memory area
 * @param y pixels from its top
 */
export function addressAt(layout: Layout, x: number, y: number): Address | undefined {
  const band = layout.bands.find((one) => y >= one.top && y < one.top + one.height);
  if (band?.kind !== 'cells') return undefined;
  const column = Math.floor(x / layout.cellWidth);
  const index = cellAtPlace(gridOf(layout, band), column, Math.floor((y - band.top) / layout.cellHeight));
  return index < 0 || index >= band.cellCount ? undefined : cellAddress(layout, band, index);
}

/** Top left pixel of the cell that holds an address; undefined where it is folded or not drawn. The inverse of addressAt. */
export function pixelOf(layout: Layout, address: Address): { readonly x: number; readonly y: number } | undefined {
  for (const band of layout.bands) {
    if (band.kind !== 'cells') continue;
    const index = Math.floor((address - cellAddress(layout, band, 0)) / layout.bytesPerCell);
    if (index < 0 || index >= band.cellCount) continue;
    const place = placeOfCell(gridOf(layout, band), index);
    const row = Math.floor(place / layout.columns);
    return { x: (place - row * layout.columns) * layout.cellWidth, y: band.top + row * layout.cellHeight };
  }
  return undefined;
}

/** Whether the track is mapped at that address in that dump, captured or not. */
export function isMapped(track: Track, dump: number, address: Address): boolean {
  const presence = track.presence[dump];
  if (!presence) return false;
  const own = address - presence.shift;
  const piece = lastStartingAtOrBelow(presence.pieces, own);
  return piece >= 0 && own < presence.pieces.at(piece)!.end;
}
