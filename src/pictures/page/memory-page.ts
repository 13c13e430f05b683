import { hatchRect, strokeRect } from '../../draw/draw-line.ts';
import { drawText, fitText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { notCapturedLine, page } from '../../draw/palette.ts';
import { type Colour, fillRect, type PixelImage, type Rect, setPixel } from '../../draw/pixel-image.ts';
import { placeOfCell } from '../layout/cell-places.ts';
import { type Band, type CellBand, cellAddress, gridOf, isMapped, type Layout } from '../layout.ts';
import { regionNotes, rulerNotes } from './memory-notes.ts';
import type { LegendItem, PageSpec } from './page-types.ts';
import { bytesText } from './size-text.ts';

/** Colour of one cell of a band, by its index in the track; undefined where there is nothing to show. */
export type CellPainter = (cell: number) => Colour | undefined;

/** A picture of all memory: what differs from one such picture to the next. */
export interface MemoryPicture {
  readonly title: string;
  readonly facts: readonly string[];
  readonly legend: readonly LegendItem[];
  /** Whose mappings decide what counts as not captured rather than not there. */
  readonly dump: number;
  /** Called once per band. */
  readonly painterOf: (band: CellBand) => CellPainter;
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
    paint: (image, content) => {
      for (const band of layout.bands) paintBand(image, content, layout, band, picture);
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

function paintBand(image: PixelImage, content: Rect, layout: Layout, band: Band, picture: MemoryPicture): void {
  const rect = { x: content.x, y: content.y + band.top, width: content.width, height: band.height };
  if (band.kind === 'fold') {
    fillRect(image, rect, page.fold);
    const scale = layout.textScale;
    const text = fitText(band.text, rect.width - 12 * scale, scale);
    drawText(image, text, rect.x + 6 * scale, rect.y + 2 * scale, { colour: page.softInk, scale });
    return;
  }
  const border = { x: rect.x - 1, y: rect.y - 1, width: rect.width + 2, height: rect.height + 2 };
  const isThere = band.story.track.presence[picture.dump] !== null;
  strokeRect(image, border, page.line, isThere ? undefined : { on: 3, off: 3 });
  const isEmpty = paintCells(image, rect, layout, band, picture) === 0;
  if (!isThere && isEmpty) noteAbsence(image, rect, layout.textScale);
}

/** Returns how many cells have something to show. */
function paintCells(image: PixelImage, rect: Rect, layout: Layout, band: CellBand, picture: MemoryPicture): number {
  const { cellWidth: width, cellHeight: height } = layout;
  const painter = picture.painterOf(band);
  const grid = gridOf(layout, band);
  let painted = 0;
  for (let index = 0; index < band.cellCount; index++) {
    const place = placeOfCell(grid, index);
    const row = Math.floor(place / layout.columns);
    const cell = { x: rect.x + (place - row * layout.columns) * width, y: rect.y + row * height, width, height };
    const colour = painter(band.firstCell + index);
    if (colour !== undefined) painted++;
    if (colour === undefined) {
      const address = cellAddress(layout, band, index);
      if (isMapped(band.story.track, picture.dump, address)) hatchRect(image, cell, notCapturedLine);
    } else if (width === 1) setPixel(image, cell.x, cell.y, colour);
    else fillRect(image, cell, colour);
  }
  return painted;
}

function noteAbsence(image: PixelImage, rect: Rect, scale: number): void {
  const text = 'not mapped in this dump';
  if (rect.height < lineHeight * scale + 4) return;
  const x = rect.x + Math.floor((rect.width - textWidth(text, scale)) / 2);
  const y = rect.y + Math.floor((rect.height - lineHeight * scale) / 2);
  drawText(image, text, x, y, { colour: page.softInk, scale });
}
