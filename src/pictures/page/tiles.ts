import type { Colour } from '../../draw/pixel-image.ts';
import { gridRows, placeOfCell } from '../layout/cell-places.ts';
import { type CellBand, gridOf, type Layout } from '../layout.ts';
import type { CellPainter } from './memory-page.ts';

/** Pixels along each side of a tile, about: enough to give an area one colour, few enough to follow its border. */
const tilePixels = 4;

/** Cells of a tile, across and down. */
function tileShape(layout: Layout): { across: number; down: number } {
  return {
    across: Math.max(1, Math.floor(tilePixels / layout.cellWidth)),
    down: Math.max(1, Math.floor(tilePixels / layout.cellHeight)),
  };
}

/** Sums up what is asked for over square tiles of cells; `add` puts a cell's numbers into its tile's sums. */
export interface TileSums {
  readonly count: number;
  readonly add: (cell: number, sums: Float64Array, at: number) => void;
}

/**
 * Colours cells by the tile they stand in, so that single headers and holes blend into the area around them.
 * @param colourOf colour of a tile from its sums, which begin at `at`
 * @param isShown cells for which this is false are left out (they are not there); they still do not spoil their tile
 */
export function tilePainter(
  layout: Layout,
  band: CellBand,
  sums: TileSums,
  colourOf: (sums: Float64Array, at: number) => Colour | undefined,
  isShown: (cell: number) => boolean,
): CellPainter {
  const { across, down } = tileShape(layout);
  const tilesAcross = Math.ceil(layout.columns / across);
  const grid = gridOf(layout, band);
  const rows = gridRows(grid, band.cellCount);
  const tileCount = tilesAcross * Math.ceil(rows / down);
  const values = new Float64Array(tileCount * sums.count);
  const tileOf = (cell: number) => {
    const place = placeOfCell(grid, cell - band.firstCell);
    const row = Math.floor(place / layout.columns);
    const column = place - row * layout.columns;
    return Math.floor(row / down) * tilesAcross + Math.floor(column / across);
  };
  const end = band.firstCell + band.cellCount;
  for (let cell = band.firstCell; cell < end; cell++) sums.add(cell, values, tileOf(cell) * sums.count);
  const colours = Array.from({ length: tileCount }, (_, tile) => colourOf(values, tile * sums.count));
  return (cell) => (isShown(cell) ? colours[tileOf(cell)] : undefined);
}

/** Bytes that a tile stands for. */
export function tileBytes(layout: Layout): number {
  const { across, down } = tileShape(layout);
  return across * down * layout.bytesPerCell;
}
