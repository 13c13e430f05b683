import { hatchRect } from '../../draw/draw-line.ts';
import { notCapturedLine } from '../../draw/palette.ts';
import type { PixelImage, Rect } from '../../draw/pixel-image.ts';
import { nothing, paintCellRow } from '../page/cell-colours.ts';
import { packedCodeColours } from '../page/kind-colours.ts';

/**
 * Paints cells side by side, the first one into `cell`; those that were not captured are hatched where memory was.
 * @param isMapped whether the process had memory at a cell, by its index
 */
export function paintCodes(
  image: PixelImage,
  cell: Rect,
  codes: Uint8Array,
  isMapped: (index: number) => boolean,
): void {
  const colours = new Int32Array(codes.length);
  for (let index = 0; index < codes.length; index++) colours[index] = packedCodeColours[codes[index]!]!;
  paintCellRow(image, cell.x, cell.y, colours, { cellWidth: cell.width, cellHeight: cell.height });
  for (let index = colours.indexOf(nothing); index >= 0; index = colours.indexOf(nothing, index + 1)) {
    if (isMapped(index)) hatchRect(image, { ...cell, x: cell.x + index * cell.width }, notCapturedLine);
  }
}
