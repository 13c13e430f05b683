import { describe, expect, it } from 'vitest';
import { type CellGrid, placeOfCell } from '../../src/pictures/layout/cell-places.ts';
import { groupsOf, tilesOfCells } from '../../src/pictures/page/tiles.ts';

const grids: [string, CellGrid, number][] = [
  ['rows', { columns: 256, side: 1 }, 256 * 9 + 17],
  ['rows that no tile divides', { columns: 101, side: 1 }, 1000],
  ['a single row', { columns: 512, side: 1 }, 3],
  ['squares along a curve', { columns: 70, side: 16 }, 64 * 16 * 2 + 100],
];

describe.each(grids)('tiles of %s', (_, grid, cellCount) => {
  it.each([1, 4, 8])('of %i by as many cells hold the cells that stand in them, each cell once', (size) => {
    const tiles = tilesOfCells(grid, cellCount, { across: size, down: size });
    const tilesAcross = Math.ceil(grid.columns / size);
    let next = 0;
    for (const { first, end, firstTile } of groupsOf(tiles)) {
      expect(first).toBe(next);
      for (let cell = first; cell < end; cell++) {
        const place = placeOfCell(grid, cell);
        const row = Math.floor(place / grid.columns);
        const tile = Math.floor(row / size) * tilesAcross + Math.floor((place % grid.columns) / size);
        expect(firstTile + tiles.tileOf[cell - first]!).toBe(tile);
        expect(tile).toBeLessThan(tiles.count);
      }
      next = end;
    }
    expect(next).toBe(cellCount);
  });
});
