// Where the cells of a band stand: row after row, or along a Hilbert curve, square after square.

/** The order in which cells of rising address follow each other. */
export const cellOrders = ['linear', 'hilbert'] as const;
export type CellOrder = (typeof cellOrders)[number];

/** Cells of a band's places: `columns` in a row, in squares of `side` by `side` cells; side 1 is row after row. */
export interface CellGrid {
  readonly columns: number;
  /** A power of two. */
  readonly side: number;
}

/** Squares smaller than this show no areas, larger ones pull neighbouring rows apart. */
const smallestSide = 8;
const largestSide = 128;
/** Cells left empty at the end of the last squares, as a share of a band's own. */
const mostWaste = 0.15;

/** Side of the squares of a band: the largest that wastes little; 1 where none does. */
export function squareSide(order: CellOrder, cellCount: number, columns: number): number {
  if (order === 'linear') return 1;
  for (let side = largestSide; side >= smallestSide; side /= 2) {
    if (side > columns) continue;
    if (gridRows({ columns, side }, cellCount) * columns <= cellCount * (1 + mostWaste)) return side;
  }
  return 1;
}

/** Rows that so many cells take. */
export function gridRows(grid: CellGrid, cellCount: number): number {
  return Math.ceil(cellCount / cellsPerStrip(grid)) * grid.side;
}

/** Cells of a strip: the squares that stand side by side; a single row where side is 1. */
export function cellsPerStrip({ columns, side }: CellGrid): number {
  return Math.floor(columns / side) * side * side;
}

/** Place of the cell of that index: its row times columns, plus its column. */
export function placeOfCell(grid: CellGrid, index: number): number {
  const { columns, side } = grid;
  if (side === 1) return index;
  const perStrip = cellsPerStrip(grid);
  const strip = Math.floor(index / perStrip);
  const inStrip = index - strip * perStrip;
  const square = Math.floor(inStrip / (side * side));
  const packed = curveOf(side).places[inStrip - square * side * side]!;
  const row = strip * side + Math.floor(packed / side);
  return row * columns + square * side + (packed % side);
}

/** Index of the cell at a place; -1 where none can be. It may be beyond the band's last cell. */
export function cellAtPlace(grid: CellGrid, column: number, row: number): number {
  const { columns, side } = grid;
  if (column < 0 || row < 0 || column >= Math.floor(columns / side) * side) return -1;
  if (side === 1) return row * columns + column;
  const strip = Math.floor(row / side);
  const square = Math.floor(column / side);
  const inSquare = curveOf(side).steps[(row - strip * side) * side + (column - square * side)]!;
  return strip * cellsPerStrip(grid) + square * side * side + inSquare;
}

/** Index of the first cell of the strip that a row belongs to. */
export function firstCellOfRow(grid: CellGrid, row: number): number {
  return Math.floor(row / grid.side) * cellsPerStrip(grid);
}

interface Curve {
  /** Row times side plus column, by step along the curve. */
  readonly places: Uint16Array;
  /** The other way round. */
  readonly steps: Uint16Array;
}

const curves = new Map<number, Curve>();

/** From the top left corner to the top right one, so that the next square goes on where one ends. */
function curveOf(side: number): Curve {
  const known = curves.get(side);
  if (known) return known;
  const curve = { places: new Uint16Array(side * side), steps: new Uint16Array(side * side) };
  for (let step = 0; step < side * side; step++) {
    const place = hilbertPlace(side, step);
    curve.places[step] = place;
    curve.steps[place] = step;
  }
  curves.set(side, curve);
  return curve;
}

/** Turns and mirrors quadrants from the smallest up. */
function hilbertPlace(side: number, step: number): number {
  let x = 0;
  let y = 0;
  let rest = step;
  for (let size = 1; size < side; size *= 2) {
    const right = 1 & (rest >> 1);
    const down = 1 & (rest ^ right);
    if (down === 0) {
      if (right === 1) {
        x = size - 1 - x;
        y = size - 1 - y;
      }
      [x, y] = [y, x];
    }
    x += size * right;
    y += size * down;
    rest >>= 2;
  }
  return y * side + x;
}
