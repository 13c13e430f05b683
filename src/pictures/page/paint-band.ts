// The cells of one band, strip by strip: what all cells together would take is never needed.
import { hatchRect, strokeRect } from '../../draw/draw-line.ts';
import { drawText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { notCapturedLine, page } from '../../draw/palette.ts';
import type { PixelImage, Rect } from '../../draw/pixel-image.ts';
import { lastStartingAtOrBelow } from '../../model/address.ts';
import { cellsPerStrip, placeOfCell } from '../layout/cell-places.ts';
import { type CellBand, cellAddress, gridOf, type Layout } from '../layout.ts';
import { type CellColours, type CellFiller, nothing, paintCellRow } from './cell-colours.ts';

interface PaintedBand {
  readonly layout: Layout;
  readonly band: CellBand;
  readonly dump: number;
}

export function paintBand(image: PixelImage, rect: Rect, painted: PaintedBand, fill: CellFiller): void {
  const { layout, band, dump } = painted;
  const presence = band.story.track.presence[dump];
  const border = { x: rect.x - 1, y: rect.y - 1, width: rect.width + 2, height: rect.height + 2 };
  strokeRect(image, border, page.line, presence ? undefined : { on: 3, off: 3 });
  const grid = gridOf(layout, band);
  const perStrip = cellsPerStrip(grid);
  const strip = new Int32Array(perStrip);
  let isBlank = true;
  for (let first = 0; first < band.cellCount; first += perStrip) {
    const colours = strip.subarray(0, Math.min(perStrip, band.cellCount - first));
    fill(colours, first);
    paintStrip(image, rect, painted, { colours, first });
    if (presence) hatchUncaptured(image, rect, painted, { colours, first });
    else isBlank &&= colours.every((colour) => colour === nothing);
  }
  if (!presence && isBlank) noteAbsence(image, rect, layout.textScale);
}

/** The cells of a strip, and the index of its first. */
interface Strip {
  readonly colours: CellColours;
  readonly first: number;
}

function paintStrip(image: PixelImage, rect: Rect, { layout, band }: PaintedBand, { colours, first }: Strip): void {
  const { columns, cellHeight } = layout;
  const grid = gridOf(layout, band);
  const firstPlace = Math.floor(placeOfCell(grid, first) / columns) * columns;
  const y = rect.y + (firstPlace / columns) * cellHeight;
  if (grid.side === 1) {
    paintCellRow(image, rect.x, y, colours, layout);
    return;
  }
  const placed = new Int32Array(grid.side * columns).fill(nothing);
  for (let cell = 0; cell < colours.length; cell++)
    placed[placeOfCell(grid, first + cell) - firstPlace] = colours[cell]!;
  for (let row = 0; row < grid.side; row++) {
    const places = placed.subarray(row * columns, (row + 1) * columns);
    paintCellRow(image, rect.x, y + row * cellHeight, places, layout);
  }
}

/** The sign for not captured on those cells with nothing to show that lie in a mapped piece. */
function hatchUncaptured(image: PixelImage, rect: Rect, painted: PaintedBand, { colours, first }: Strip): void {
  for (let cell = colours.indexOf(nothing); cell >= 0; ) {
    let end = cell + 1;
    while (end < colours.length && colours[end] === nothing) end++;
    hatchMapped(image, rect, painted, { from: first + cell, to: first + end });
    cell = colours.indexOf(nothing, end);
  }
}

/** Hatches what is mapped of cells that follow each other in a strip. */
function hatchMapped(
  image: PixelImage,
  rect: Rect,
  { layout, band, dump }: PaintedBand,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const { bytesPerCell } = layout;
  const { pieces, shift } = band.story.track.presence[dump]!;
  // Pieces stand at the dump's own addresses, cells at the track's.
  const base = cellAddress(layout, band, 0) - shift;
  const first = Math.max(0, lastStartingAtOrBelow(pieces, base + from * bytesPerCell));
  for (let index = first; index < pieces.length; index++) {
    const piece = pieces.at(index)!;
    const start = Math.max(from, Math.ceil((piece.start - base) / bytesPerCell));
    if (start >= to) break;
    const end = Math.min(to, Math.ceil((piece.end - base) / bytesPerCell));
    if (start < end) hatchCells(image, rect, layout, band, { from: start, to: end });
  }
}

/** Those of a row at once: they stand side by side. Those along a curve one by one. */
function hatchCells(
  image: PixelImage,
  rect: Rect,
  layout: Layout,
  band: CellBand,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const { columns, cellWidth, cellHeight } = layout;
  const grid = gridOf(layout, band);
  const step = grid.side === 1 ? to - from : 1;
  for (let cell = from; cell < to; cell += step) {
    const place = placeOfCell(grid, cell);
    const row = Math.floor(place / columns);
    const x = rect.x + (place - row * columns) * cellWidth;
    hatchRect(image, { x, y: rect.y + row * cellHeight, width: step * cellWidth, height: cellHeight }, notCapturedLine);
  }
}

function noteAbsence(image: PixelImage, rect: Rect, scale: number): void {
  const text = 'not mapped in this dump';
  if (rect.height < lineHeight * scale + 4) return;
  const x = rect.x + Math.floor((rect.width - textWidth(text, scale)) / 2);
  const y = rect.y + Math.floor((rect.height - lineHeight * scale) / 2);
  drawText(image, text, x, y, { colour: page.softInk, scale });
}
