import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
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
interface FoldBand {
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
  /** Pixels of a cell: 1 by 1, or more where there are few cells. */
  readonly cellWidth: number;
  readonly cellHeight: number;
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

type Choice = Pick<Layout, 'columns' | 'cellWidth' | 'cellHeight'> & { readonly map: CellMap };

function makeLayout(input: PictureInput): Layout {
  const regions = new Map(input.report.regions.map((region) => [region.id, region]));
  const stories = input.tracks.map((track) => trackStory(track, regions.get(track.id)));
  stories.sort((a, b) => unsigned(a.track.start) - unsigned(b.track.start));
  const drawn = drawnTracks(stories, input.cellMap);
  const choice = chooseScale(input, drawn);
  const textScale = choice.columns * choice.cellWidth >= 1500 ? 2 : 1;
  const bands = stackBands(stories, drawn, choice, textScale);
  const last = bands.at(-1);
  return {
    bytesPerCell: choice.map.bytesPerCell,
    columns: choice.columns,
    cellWidth: choice.cellWidth,
    cellHeight: choice.cellHeight,
    width: choice.columns * choice.cellWidth,
    height: last ? last.top + last.height : foldHeight,
    bands,
    textScale,
  };
}

/** The upper half of an address space is negative, yet stands last. */
function unsigned(address: Address): number {
  return address < 0 ? address + 2 ** 64 : address;
}

/** Ids of tracks that get rows of their own: those that grow or change, and steady ones that are large and captured. */
function drawnTracks(stories: readonly TrackStory[], map: CellMap): ReadonlySet<string> {
  const held = map.tracks.filter((track) => track.cells.some((codes) => codes.some((code) => code !== cellAbsent)));
  const counts = new Map(held.map((track) => [track.trackId, track.cellCount]));
  const total = held.reduce((sum, track) => sum + track.cellCount, 0);
  const inMap = stories.filter((story) => counts.has(story.track.id));
  const small = Math.max(1, total * smallShare);
  const shown = inMap.filter((story) => !story.isSteady || counts.get(story.track.id)! > small);
  // Where nothing changes, the largest region is still worth a look.
  if (shown.length === 0) shown.push(...[...inMap].sort((a, b) => b.mappedBytes - a.mappedBytes).slice(0, 1));
  shown.sort((a, b) => b.growthBytes - a.growthBytes || b.mappedBytes - a.mappedBytes);
  return new Set(shown.slice(0, mostBands).map((story) => story.track.id));
}

/** Sizes of a cell in pixels. Those of half height keep a picture from being twice as high as wide. */
const cellSizes = [
  [1, 1],
  [2, 1],
  [2, 2],
  [4, 2],
  [4, 4],
  [8, 4],
  [8, 8],
] as const;
const mergeFactors = [2, 4, 8, 16, 32, 64, 128, 256];

/** Cell size and width: near a good number of pixels and a good shape, never more than mostPixels. */
function chooseScale(input: PictureInput, drawn: ReadonlySet<string>): Choice {
  const tracks = input.cellMap.tracks.filter((track) => drawn.has(track.trackId));
  const map = { ...input.cellMap, tracks };
  if (input.width !== undefined) return { map, columns: input.width, cellWidth: 1, cellHeight: 1 };
  const isFree = input.bytesPerPixel === undefined;
  const scales = [
    ...(isFree ? cellSizes : cellSizes.slice(0, 1)).map((size) => ({ factor: 1, size })),
    ...(isFree ? mergeFactors : []).map((factor) => ({ factor, size: cellSizes[0] })),
  ];
  let best = { cost: Number.POSITIVE_INFINITY, factor: 1, columns: narrowest, cellWidth: 1, cellHeight: 1 };
  for (const { factor, size } of scales) {
    const [cellWidth, cellHeight] = size;
    for (let width = narrowest; width <= widest; width *= 2) {
      const columns = width / cellWidth;
      const rows = tracks.reduce((sum, track) => sum + Math.ceil(track.cellCount / factor / columns), 0);
      const cost = scaleCost(width, Math.max(1, rows * cellHeight), tracks.length * bandGap);
      if (cost < best.cost) best = { cost, factor, columns, cellWidth, cellHeight };
    }
  }
  const { columns, cellWidth, cellHeight, factor } = best;
  return { map: coarsenCells(map, factor), columns, cellWidth, cellHeight };
}

/** How far memory of so many rows is from the best size and shape; a bad shape is worse than a size that is off. */
function scaleCost(width: number, rows: number, gaps: number): number {
  const shape = Math.abs(Math.log2((rows + gaps) / width / bestAspect));
  const size = Math.abs(Math.log2((width * rows) / bestPixels));
  return shape * 1.5 + size + (width * (rows + gaps) > mostPixels ? 10 : 0);
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
        const height = Math.ceil(part.cellCount / choice.columns) * choice.cellHeight;
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
  const piece = pieces[lastStartingAtOrBelow(pieces, address)];
  return piece !== undefined && address < piece.end;
}
