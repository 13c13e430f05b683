import { drawText, fitText } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import { fillRect, type PixelImage, type Rect } from '../../draw/pixel-image.ts';
import type { CellBand, Layout } from '../layout.ts';
import type { Pace } from '../picture.ts';
import type { CellFiller } from './cell-colours.ts';
import { regionNotes, rulerNotes } from './memory-notes.ts';
import type { LegendItem, PageSpec } from './page-types.ts';
import { paintBand } from './paint-band.ts';
import { planSideNotes } from './side-notes.ts';
import { bytesText } from './size-text.ts';

/** A picture of all memory: what differs from one such picture to the next. */
export interface MemoryPicture {
  readonly title: string;
  readonly facts: readonly string[];
  readonly legend: readonly LegendItem[];
  /** Whose mappings decide what counts as not captured rather than not there. */
  readonly dump: number;
  /** Called once per band. */
  readonly coloursOf: (band: CellBand, pace: Pace) => CellFiller | Promise<CellFiller>;
}

const notes = new WeakMap<Layout, Pick<PageSpec, 'left' | 'right'>>();

/** What stands beside the memory; made once per layout, for all its pictures have the same, of thousands of regions at times. */
function notesOf(layout: Layout): Pick<PageSpec, 'left' | 'right'> {
  const known = notes.get(layout);
  if (known) return known;
  const column = { height: layout.height, scale: layout.textScale };
  const planned = {
    left: planSideNotes(rulerNotes(layout), { ...column, side: 'left' }),
    right: planSideNotes(regionNotes(layout), { ...column, side: 'right' }),
  };
  notes.set(layout, planned);
  return planned;
}

/** A page with all memory in the layout that the pictures of a diff share. */
export function memoryPage(layout: Layout, picture: MemoryPicture): PageSpec {
  return {
    title: picture.title,
    facts: picture.facts,
    contentWidth: layout.width,
    contentHeight: layout.height,
    ...notesOf(layout),
    legend: [{ kind: 'text', text: scaleText(layout) }, ...picture.legend],
    textScale: layout.textScale,
    async paint(image, content, pace) {
      for (const band of layout.bands) {
        const rect = { x: content.x, y: content.y + band.top, width: content.width, height: band.height };
        if (band.kind === 'fold') paintFold(image, rect, band.text, layout.textScale);
        else paintBand(image, rect, { layout, band, dump: picture.dump }, await picture.coloursOf(band, pace));
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
