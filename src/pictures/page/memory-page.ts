import { hatchRect, strokeRect } from '../../draw/draw-line.ts';
import { drawText, fitText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { notCapturedLine, page } from '../../draw/palette.ts';
import { fillRect, type PixelImage, type Rect } from '../../draw/pixel-image.ts';
import type { Address } from '../../model/address.ts';
import { type CellGrid, gridRows, placeOfCell } from '../layout/cell-places.ts';
import { type CellBand, cellAddress, gridOf, type Layout } from '../layout.ts';
import type { Pace } from '../picture.ts';
import { type CellColours, nothing, paintCellRow } from './cell-colours.ts';
import { regionNotes, rulerNotes } from './memory-notes.ts';
import type { LegendItem, PageSpec } from './page-types.ts';
import { bytesText } from './size-text.ts';

/** A picture of all memory: what differs from one such picture to the next. */
export interface MemoryPicture {
  readonly title: string;
  readonly facts: readonly string[];
  readonly legend: readonly LegendItem[];
  /** Whose mappings decide what counts as not captured rather than not there. */
  readonly dump: number;
  /** Called once per band. */
  readonly coloursOf: (band: CellBand, pace: Pace) => CellColours | Promise<CellColours>;
}

/** A page with all memory in the layout that the pictures of a diff share. */
export function memoryPage(layout: Layout, picture: MemoryPicture): PageSpec {
  return {
    title: picture.title,
    facts: picture.facts,
    contentWidth: layout.width,
    contentHeight: layout.height,
    left: rulerNotes(layout),
    right: regionNotes(layout),
    legend: [{ kind: 'text', text: scaleText(layout) }, ...picture.legend],
    textScale: layout.textScale,
    async paint(image, content, pace) {
      for (const band of layout.bands) {
        const rect = { x: content.x, y: content.y + band.top, width: content.width, height: band.height };
        if (band.kind === 'fold') paintFold(image, rect, band.text, layout.textScale);
        else paintCells(image, rect, { layout, band, dump: picture.dump }, await picture.coloursOf(band, pace));
        await pace();
      }
    },
  };
}

const orderTexts = {
  linear: 'addresses rise from left to right, then down',
  hilbert: 'addresses rise along a Hilbert curve in squares from left to right, then down; small regions row by row',
};

function scaleText(layout: Layout): string {
  const row = layout.columns * layout.bytesPerCell;
  const { cellWidth, cellHeight } = layout;
  const cell = cellWidth === 1 ? '1 pixel' : `${cellWidth}×${cellHeight} pixels`;
  return `${cell} = ${bytesText(layout.bytesPerCell)}, 1 row = ${bytesText(row)}; ${orderTexts[layout.order]}`;
}

function paintFold(image: PixelImage, rect: Rect, text: string, scale: number): void {
  fillRect(image, rect, page.fold);
  const fitted = fitText(text, rect.width - 12 * scale, scale);
  drawText(image, fitted, rect.x + 6 * scale, rect.y + 2 * scale, { colour: page.softInk, scale });
}

interface PaintedBand {
  readonly layout: Layout;
  readonly band: CellBand;
  readonly dump: number;
}

function paintCells(image: PixelImage, rect: Rect, painted: PaintedBand, colours: CellColours): void {
  const { layout, band, dump } = painted;
  const border = { x: rect.x - 1, y: rect.y - 1, width: rect.width + 2, height: rect.height + 2 };
  const presence = band.story.track.presence[dump];
  strokeRect(image, border, page.line, presence ? undefined : { on: 3, off: 3 });
  paintColours(image, rect, layout, atPlaces(gridOf(layout, band), colours));
  for (const { start, end } of presence?.pieces ?? []) {
    // Pieces stand at the dump's own addresses, cells at the track's.
    const shift = presence?.shift ?? 0;
    hatchUncaptured(image, rect, painted, { start: start + shift, end: end + shift }, colours);
  }
  if (!presence && colours.every((colour) => colour === nothing)) noteAbsence(image, rect, layout.textScale);
}

/** From the cells' order to rows of places. */
function atPlaces(grid: CellGrid, colours: CellColours): CellColours {
  if (grid.side === 1) return colours;
  const placed = new Int32Array(gridRows(grid, colours.length) * grid.columns).fill(nothing);
  for (let cell = 0; cell < colours.length; cell++) placed[placeOfCell(grid, cell)] = colours[cell]!;
  return placed;
}

function paintColours(image: PixelImage, rect: Rect, layout: Layout, colours: CellColours): void {
  const { columns, cellHeight } = layout;
  for (let first = 0, y = rect.y; first < colours.length; first += columns, y += cellHeight) {
    paintCellRow(image, rect.x, y, colours.subarray(first, first + columns), layout);
  }
}

/** The sign for not captured on the cells of a mapped piece that have nothing to show. */
function hatchUncaptured(
  image: PixelImage,
  rect: Rect,
  { layout, band }: PaintedBand,
  piece: { readonly start: Address; readonly end: Address },
  colours: CellColours,
): void {
  const { columns, cellWidth, cellHeight, bytesPerCell } = layout;
  const grid = gridOf(layout, band);
  const base = cellAddress(layout, band, 0);
  const end = Math.min(band.cellCount, Math.ceil((piece.end - base) / bytesPerCell));
  let cell = colours.indexOf(nothing, Math.max(0, Math.ceil((piece.start - base) / bytesPerCell)));
  while (cell >= 0 && cell < end) {
    const place = placeOfCell(grid, cell);
    const row = Math.floor(place / columns);
    const column = place - row * columns;
    let run = 1;
    // Cells of a row that follow each other are hatched at once.
    if (grid.side === 1) {
      while (column + run < columns && cell + run < end && colours[cell + run] === nothing) run++;
    }
    const area = { x: rect.x + column * cellWidth, y: rect.y + row * cellHeight };
    hatchRect(image, { ...area, width: run * cellWidth, height: cellHeight }, notCapturedLine);
    cell = colours.indexOf(nothing, cell + run);
  }
}

function noteAbsence(image: PixelImage, rect: Rect, scale: number): void {
  const text = 'not mapped in this dump';
  if (rect.height < lineHeight * scale + 4) return;
  const x = rect.x + Math.floor((rect.width - textWidth(text, scale)) / 2);
  const y = rect.y + Math.floor((rect.height - lineHeight * scale) / 2);
  drawText(image, text, x, y, { colour: page.softInk, scale });
}
