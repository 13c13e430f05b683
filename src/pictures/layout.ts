import type { Address } from '../model/address.ts';
import { type CellMap, cellAbsent, type TrackCells } from '../model/cell-map.ts';
import type { Track } from '../model/track.ts';
import { coarsenCells } from './layout/coarsen-cells.ts';
import { foldText, type TrackStory, trackStory } from './layout/fold-tracks.ts';
import { addressText, bytesText } from './page/size-text.ts';
import type { PictureInput } from './picture.ts';

/** Rows of cells that belong to one track. Pixels from the top of the memory area. */
export interface CellBand {
  readonly kind: 'cells';
  readonly story: TrackStory;
  readonly cells: TrackCells;
  /** The cells of this band; each row holds `columns` of them, the last one may be shorter. */
  readonly firstCell: number;
  readonly cellCount: number;
  readonly top: number;
  readonly height: number;
}

/** A thin band that stands for regions which are not drawn cell by cell, and says which. */
export interface FoldBand {
  readonly kind: 'fold';
  readonly text: string;
  readonly top: number;
  readonly height: number;
}

export type Band = CellBand | FoldBand;

/**
 * Where memory stands in all pictures of one diff: the same address on the same pixel in each. Tracks come in address
 * order, each one begins on a row of its own.
 */
export interface Layout {
  readonly bytesPerCell: number;
  /** Cells in a row. */
  readonly columns: number;
  /** Pixels along each side of a cell. */
  readonly cellPixels: number;
  /** Of the memory area, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Band[];
  /** Magnification of text. */
  readonly textScale: number;
}

/** About as many pixels make a picture that opens everywhere; beyond, what grows least is folded. */
const mostPixels = 4_000_000;
/** A picture of this size fits a screen and is still fine enough to show hatching. */
const bestPixels = 1_300_000;
const bestAspect = 1.15;
const narrowest = 256;
const widest = 2048;
/** Pixels between bands: room for the border of each and a line of paper between. */
const bandGap = 5;
const foldHeight = 17;
/** Rows of nothing in any dump inside of a track (a reserve, a hole) that are folded rather than drawn. */
const emptyRowsToFold = 24;
/** Share of all cells below which a steady region is folded. */
const smallShare = 0.02;
/** More bands than this leave no room for labels. */
const mostBands = 120;

const layouts = new WeakMap<PictureInput, Layout>();

/** The layout of a diff's pictures; made once per input. */
export function layoutOf(input: PictureInput): Layout {
  const known = layouts.get(input);
  if (known) return known;
  const layout = makeLayout(input);
  layouts.set(input, layout);
  return layout;
}

interface Choice {
  readonly map: CellMap;
  readonly columns: number;
  readonly cellPixels: number;
}

function makeLayout(input: PictureInput): Layout {
  const regions = new Map(input.report.regions.map((region) => [region.id, region]));
  const stories = input.tracks.map((track) => trackStory(track, regions.get(track.id)));
  stories.sort((a, b) => a.track.start - b.track.start);
  const drawn = drawnTracks(stories, input.cellMap);
  const choice = chooseScale(input, drawn);
  const textScale = choice.columns * choice.cellPixels >= 1500 ? 2 : 1;
  const bands = stackBands(stories, drawn, choice, textScale);
  const last = bands.at(-1);
  return {
    bytesPerCell: choice.map.bytesPerCell,
    columns: choice.columns,
    cellPixels: choice.cellPixels,
    width: choice.columns * choice.cellPixels,
    height: last ? last.top + last.height : foldHeight,
    bands,
    textScale,
  };
}

/** Ids of tracks that get rows of their own: those that grow or change, and steady ones that are large. */
function drawnTracks(stories: readonly TrackStory[], map: CellMap): ReadonlySet<string> {
  const counts = new Map(map.tracks.map((track) => [track.trackId, track.cellCount]));
  const total = map.tracks.reduce((sum, track) => sum + track.cellCount, 0);
  const inMap = stories.filter((story) => counts.has(story.track.id));
  const small = Math.max(1, total * smallShare);
  const shown = inMap.filter((story) => !story.isSteady || counts.get(story.track.id)! > small);
  // Where nothing changes, the largest region is still worth a look.
  if (shown.length === 0) shown.push(...[...inMap].sort((a, b) => b.mappedBytes - a.mappedBytes).slice(0, 1));
  shown.sort((a, b) => b.growthBytes - a.growthBytes || b.mappedBytes - a.mappedBytes);
  return new Set(shown.slice(0, mostBands).map((story) => story.track.id));
}

/** Cell size and width: near a good number of pixels and a good shape, never more than mostPixels. */
function chooseScale(input: PictureInput, drawn: ReadonlySet<string>): Choice {
  const tracks = input.cellMap.tracks.filter((track) => drawn.has(track.trackId));
  const map = { ...input.cellMap, tracks };
  const finest = tracks.reduce((sum, track) => sum + track.cellCount, 0);
  if (input.width !== undefined) return { map, columns: input.width, cellPixels: 1 };
  let best = { cost: Number.POSITIVE_INFINITY, factor: 1, columns: narrowest, cellPixels: 1 };
  const factors = input.bytesPerPixel === undefined ? [1, 2, 4, 8, 16, 32, 64] : [1];
  for (const factor of factors) {
    for (const cellPixels of factor === 1 && input.bytesPerPixel === undefined ? [1, 2, 4, 8] : [1]) {
      for (let width = narrowest; width <= widest; width *= 2) {
        const columns = width / cellPixels;
        const rows = tracks.reduce((sum, track) => sum + Math.ceil(track.cellCount / factor / columns), 0);
        const height = rows * cellPixels + tracks.length * (bandGap + foldHeight);
        const pixels = (finest / factor) * cellPixels ** 2;
        const tooLarge = width * height > mostPixels ? 10 : 0;
        const shape = Math.abs(Math.log2(height / width / bestAspect));
        const size = Math.abs(Math.log2(Math.max(1, pixels) / bestPixels));
        const cost = tooLarge + shape * 1.5 + size;
        if (cost < best.cost) best = { cost, factor, columns, cellPixels };
      }
    }
  }
  return { map: coarsenCells(map, best.factor), columns: best.columns, cellPixels: best.cellPixels };
}

/** Bands from top to bottom in address order. */
function stackBands(
  stories: readonly TrackStory[],
  drawn: ReadonlySet<string>,
  choice: Choice,
  textScale: number,
): Band[] {
  const cellsOf = new Map(choice.map.tracks.map((track) => [track.trackId, track]));
  const bands: Band[] = [];
  let top = 0;
  let folded: TrackStory[] = [];
  const push = (band: { height: number } & (Omit<CellBand, 'top'> | Omit<FoldBand, 'top'>)) => {
    bands.push({ ...band, top });
    top += band.height + bandGap * textScale;
  };
  const fold = (text: string) => push({ kind: 'fold', text, height: foldHeight * textScale });
  for (const story of [...stories, undefined]) {
    const cells = story && drawn.has(story.track.id) ? cellsOf.get(story.track.id) : undefined;
    if (story && !cells) {
      folded.push(story);
      continue;
    }
    if (folded.length > 0) fold(foldText(folded));
    folded = [];
    if (!story || !cells) continue;
    for (const part of splitAtHoles(cells, choice.columns)) {
      if (part.isEmpty) fold(holeText(cells, part, choice.map.bytesPerCell));
      else {
        const height = Math.ceil(part.cellCount / choice.columns) * choice.cellPixels;
        push({ kind: 'cells', story, cells, firstCell: part.firstCell, cellCount: part.cellCount, height });
      }
    }
  }
  return bands;
}

interface TrackPart {
  readonly firstCell: number;
  readonly cellCount: number;
  /** Whether no dump holds a byte of it. */
  readonly isEmpty: boolean;
}

/** Cuts a track where many rows on end are absent from every dump. */
function splitAtHoles(cells: TrackCells, columns: number): TrackPart[] {
  const rows = Math.ceil(cells.cellCount / columns);
  const parts: TrackPart[] = [];
  let from = 0;
  const add = (to: number, isEmpty: boolean) => {
    if (to <= from) return;
    const firstCell = from * columns;
    parts.push({ firstCell, cellCount: Math.min(cells.cellCount, to * columns) - firstCell, isEmpty });
    from = to;
  };
  let row = 0;
  while (row < rows) {
    let end = row;
    while (end < rows && isEmptyRow(cells, end, columns)) end++;
    if (end - row >= emptyRowsToFold) {
      add(row, false);
      add(end, true);
    }
    row = end + 1;
  }
  add(rows, false);
  return parts;
}

function isEmptyRow(cells: TrackCells, row: number, columns: number): boolean {
  const end = Math.min(cells.cellCount, (row + 1) * columns);
  return cells.cells.every((codes) => {
    for (let cell = row * columns; cell < end; cell++) if (codes[cell] !== cellAbsent) return false;
    return true;
  });
}

function holeText(cells: TrackCells, part: TrackPart, bytesPerCell: number): string {
  const start = cells.start + part.firstCell * bytesPerCell;
  const size = part.cellCount * bytesPerCell;
  return `${bytesText(size)} that no dump holds, ${addressText(start)}–${addressText(start + size)}`;
}

/** Address of the first byte of a band's row; rows count from 0. */
export function rowAddress(layout: Layout, band: CellBand, row: number): Address {
  return band.cells.start + (band.firstCell + row * layout.columns) * layout.bytesPerCell;
}

/** Whether the track is mapped at that address in that dump, captured or not. */
export function isMapped(track: Track, dump: number, address: Address): boolean {
  const pieces = track.presence[dump]?.pieces ?? [];
  return pieces.some((piece) => address < piece.end && address >= piece.start);
}
