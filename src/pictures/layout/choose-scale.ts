import type { CellMap } from '../../model/cell-map.ts';
import type { PictureInput } from '../picture.ts';
import { coarsenCells } from './coarsen-cells.ts';
import type { Layout } from './layout-types.ts';

/** How cells become pixels, and the cells themselves: merged where there are too many. */
export type Scale = Pick<Layout, 'columns' | 'cellWidth' | 'cellHeight'> & {
  readonly map: CellMap;
  /** Cells of the input's map that became one. */
  readonly factor: number;
};

/** About as many pixels make a picture that opens everywhere. */
export const mostPixels = 4_000_000;
/** A width that is asked for may make a larger one, the page around the memory included; but it has to stay in memory. */
const mostPagePixels = 4 * mostPixels;
/** Pixels of a page's width at least: room for what is written on it. */
export const leastPageWidth = 640;
/** A picture of this size fits a screen and is still fine enough to show hatching. */
const bestPixels = 1_300_000;
const bestAspect = 1.15;
const narrowest = 256;
const widest = 2048;

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

/**
 * Cell size and width: near a good number of pixels and a good shape, never more than mostPixels; or the width asked for.
 * @param shownCells cells of each track that will be drawn
 * @param gapPixels rows between bands and for folds, in all
 */
export function chooseScale(input: PictureInput, shownCells: readonly number[], gapPixels: number): Scale {
  const map = input.cellMap;
  if (input.width !== undefined) return scaleOfWidth(map, input.width, shownCells, gapPixels);
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
      const rows = rowsOf(shownCells, factor, columns);
      const cost = scaleCost(width, Math.max(1, rows * cellHeight), gapPixels);
      if (cost < best.cost) best = { cost, factor, columns, cellWidth, cellHeight };
    }
  }
  const { columns, cellWidth, cellHeight, factor } = best;
  return { map: coarsenCells(map, factor), factor, columns, cellWidth, cellHeight };
}

function rowsOf(shownCells: readonly number[], factor: number, columns: number): number {
  return shownCells.reduce((sum, cells) => sum + Math.ceil(cells / factor / columns), 0);
}

/** A pixel for each cell, or for as few of them as fit on a page. */
function scaleOfWidth(map: CellMap, columns: number, shownCells: readonly number[], gapPixels: number): Scale {
  const pageWidth = Math.max(columns, leastPageWidth);
  const fits = (factor: number) => pageWidth * (rowsOf(shownCells, factor, columns) + gapPixels) <= mostPagePixels;
  const factor = [1, ...mergeFactors].find(fits) ?? mergeFactors.at(-1)!;
  return { map: coarsenCells(map, factor), factor, columns, cellWidth: 1, cellHeight: 1 };
}

/** How far memory of so many rows is from the best size and shape; a bad shape is worse than a size that is off. */
function scaleCost(width: number, rows: number, gaps: number): number {
  const shape = Math.abs(Math.log2((rows + gaps) / width / bestAspect));
  const size = Math.abs(Math.log2((width * rows) / bestPixels));
  return shape * 1.5 + size + (width * (rows + gaps) > mostPixels ? 10 : 0);
}
