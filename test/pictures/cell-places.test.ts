import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { pixelAt } from '../../src/draw/pixel-image.ts';
import { cellAtPlace, gridRows, placeOfCell, squareSide } from '../../src/pictures/layout/cell-places.ts';
import { addressAt, type CellBand, type Layout, layoutOf, pixelOf } from '../../src/pictures/layout.ts';
import { overviewPage } from '../../src/pictures/overview.ts';
import { drawPage } from '../../src/pictures/page/draw-page.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import { readout } from '../../src/reports/html/readout-script.ts';
import { arenaStart, heapStart } from '../synth/leaky-process.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { misplacedTexts } from './boxes.ts';

const grids = [
  { columns: 64, side: 1 },
  { columns: 64, side: 64 },
  { columns: 100, side: 16 },
  { columns: 512, side: 128 },
];

describe.each(grids)('cells in $columns columns, squares of $side', (grid) => {
  const count = grid.columns * 150;

  it('have a place each, and the place tells the cell', () => {
    const places = new Set<number>();
    for (let index = 0; index < count; index++) {
      const place = placeOfCell(grid, index);
      places.add(place);
      expect(cellAtPlace(grid, place % grid.columns, Math.floor(place / grid.columns))).toBe(index);
      expect(place).toBeLessThan(gridRows(grid, count) * grid.columns);
    }
    expect(places.size).toBe(count);
  });

  it.runIf(grid.side > 1)('follow each other without a jump, from square to square too', () => {
    const perStrip = Math.floor(grid.columns / grid.side) * grid.side ** 2;
    for (let index = 1; index < Math.min(count, perStrip); index++) {
      const [before, here] = [index - 1, index].map((one) => placeOfCell(grid, one));
      const distance =
        Math.abs((here! % grid.columns) - (before! % grid.columns)) +
        Math.abs(Math.floor(here! / grid.columns) - Math.floor(before! / grid.columns));
      expect(distance).toBe(1);
    }
  });
});

it('the readout of the HTML report finds the same cell', () => {
  const source = /^const cellAt = [\s\S]*?^};$/m.exec(readout)![0];
  const inPage = runInNewContext(`${source} cellAt`) as (
    columns: number,
    side: number,
    column: number,
    row: number,
  ) => number;
  for (const grid of grids) {
    for (let row = 0; row < 140; row += 3) {
      for (let column = 0; column < grid.columns; column++) {
        expect(inPage(grid.columns, grid.side, column, row)).toBe(cellAtPlace(grid, column, row));
      }
    }
  }
});

it('a band too small for squares stands row by row', () => {
  expect(squareSide('hilbert', 100, 512)).toBe(1);
  expect(squareSide('linear', 1_000_000, 512)).toBe(1);
  expect(squareSide('hilbert', 1_000_000, 512)).toBe(128);
});

describe.each(['linear', 'hilbert'] as const)('the %s layout', (order) => {
  const input = { ...synthPictureInput(), order };
  const layout: Layout = layoutOf(input);
  const bands = layout.bands.filter((band): band is CellBand => band.kind === 'cells');

  it('tells the address of every pixel, and the pixel of every address', () => {
    for (const band of bands) {
      for (let y = band.top; y < band.top + band.height; y += 3 * layout.cellHeight) {
        for (let x = 0; x < layout.width; x += 7 * layout.cellWidth) {
          const address = addressAt(layout, x, y);
          if (address === undefined) continue;
          const back = pixelOf(layout, address)!;
          expect([Math.floor(back.x / layout.cellWidth), back.y]).toEqual([Math.floor(x / layout.cellWidth), y]);
        }
      }
    }
  });

  it('has no address between bands, on folds, and outside', () => {
    const fold = layout.bands.find((band) => band.kind === 'fold')!;
    expect(addressAt(layout, 5, fold.top + 1)).toBeUndefined();
    expect(addressAt(layout, 5, bands[0]!.top + bands[0]!.height)).toBeUndefined();
    expect(addressAt(layout, 5, -1)).toBeUndefined();
    expect(addressAt(layout, layout.width, bands[0]!.top)).toBeUndefined();
    expect(pixelOf(layout, 0x1234)).toBeUndefined();
  });

  it('shows the same memory at that pixel in whatever order', async () => {
    const colours = async (of: typeof input) => {
      const spec = overviewPage(of, 2);
      const { content } = planPage(spec);
      const image = await drawPage(spec, pace);
      return [heapStart, arenaStart].flatMap((start) =>
        Array.from({ length: 200 }, (_, step) => {
          const { x, y } = pixelOf(layoutOf(of), start + step * 1040)!;
          return pixelAt(image, content.x + x, content.y + y);
        }),
      );
    };
    const other = { ...input, order: 'linear' as const };
    const expected = await colours(other);
    const same = (await colours(input)).filter((colour, index) => colour.join() === expected[index]!.join()).length;
    // Lone data is drawn wider, over what follows it along the row or the curve.
    expect(same).toBeGreaterThan(390);
  }, 30_000);

  it('never has texts that overlap', () => {
    expect(misplacedTexts(planPage(overviewPage(input, 2)))).toEqual([]);
  });
});
