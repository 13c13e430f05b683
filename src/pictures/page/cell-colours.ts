import type { PixelImage } from '../../draw/pixel-image.ts';

/** Packed colours of cells, in their order; `nothing` where there is nothing to show. */
export type CellColours = Int32Array;

/** Writes the colours of a band's cells from the `first` on, as many as there is room for: a row, or a strip of squares. */
export type CellFiller = (colours: CellColours, first: number) => void;

/** No colour. */
export const nothing = -1;

/** Pixels of a cell. */
interface CellSize {
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/**
 * Cells side by side from x, y on, which is on the image; those with nothing to show keep what is there, all lines of a
 * cell having been the same. Straight into the image's pixels: there are millions of cells.
 */
export function paintCellRow(
  { pixels, width }: PixelImage,
  x: number,
  y: number,
  colours: CellColours,
  { cellWidth, cellHeight }: CellSize,
): void {
  const start = y * width + x;
  if (cellWidth === 1 && colours.indexOf(nothing) < 0) {
    pixels.set(colours, start);
    return;
  }
  let at = start;
  for (let cell = 0; cell < colours.length; cell++) {
    const colour = colours[cell]!;
    const next = at + cellWidth;
    if (colour === nothing) at = next;
    for (; at < next; at++) pixels[at] = colour;
  }
  for (let line = 1; line < cellHeight; line++) pixels.copyWithin(start + line * width, start, at);
}
