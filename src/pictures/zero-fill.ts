import { type ColourScale, mixColours } from '../draw/colour-scale.ts';
import { cividis, lessOrMore, zeroColour } from '../draw/palette.ts';
import { cellAbsent, cellNonZeroShare } from '../model/cell-map.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { type CellBand, type Layout, layoutOf } from './layout.ts';
import { pictureLookup } from './lookup.ts';
import { drawPage } from './page/draw-page.ts';
import { dumpFacts, dumpTitle, seriesFacts, seriesTitle } from './page/facts.ts';
import { type CellPainter, memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import { tileBytes, tilePainter } from './page/tiles.ts';
import type { Picture, PictureInput } from './picture.ts';

/** Share of zero, 0 to 1; all zero is the same near-black as in the overview. */
const zeroScale: ColourScale = (zeroShare) => {
  const colour = cividis(1 - zeroShare);
  return mixColours(colour, zeroColour, zeroShare ** 8);
};

/** Indexes of the sums over a tile. */
const zeros = 0;
const cellCount = 1;

function zeroShareOf(code: number): number {
  return code === cellAbsent ? 0 : 1 - cellNonZeroShare(code);
}

function dumpPainter(layout: Layout, band: CellBand, dump: number): CellPainter {
  const codes = band.cells.cells[dump]!;
  const sums = {
    count: 2,
    add: (cell: number, values: Float64Array, at: number) => {
      if (codes[cell] === cellAbsent) return;
      values[at + zeros]! += zeroShareOf(codes[cell]!);
      values[at + cellCount]!++;
    },
  };
  const colourOf = (values: Float64Array, at: number) =>
    zeroScale(values[at + zeros]! / Math.max(1, values[at + cellCount]!));
  return tilePainter(layout, band, sums, colourOf, (cell) => codes[cell] !== cellAbsent);
}

function changePainter(layout: Layout, band: CellBand): CellPainter {
  const first = band.cells.cells[0]!;
  const last = band.cells.cells.at(-1)!;
  const isThere = (cell: number) => first[cell] !== cellAbsent || last[cell] !== cellAbsent;
  const sums = {
    count: 2,
    add: (cell: number, values: Float64Array, at: number) => {
      if (!isThere(cell)) return;
      values[at + zeros]! += zeroShareOf(last[cell]!) - zeroShareOf(first[cell]!);
      values[at + cellCount]!++;
    },
  };
  const colourOf = (values: Float64Array, at: number) =>
    lessOrMore(0.5 + values[at + zeros]! / Math.max(1, values[at + cellCount]!) / 2);
  return tilePainter(layout, band, sums, colourOf, isThere);
}

export function zeroFillPage(input: PictureInput, dump: number): PageSpec {
  const layout = layoutOf(input);
  return memoryPage(layout, {
    title: dumpTitle(input.report, 'Zero fill', dump),
    facts: dumpFacts(input.report, dump),
    legend: [
      { kind: 'scale', scale: (share) => zeroScale(1 - share), low: 'all zero', high: 'no word is zero' },
      { kind: 'not-captured', text: 'mapped, not captured' },
      { kind: 'not-mapped', text: 'not mapped' },
      { kind: 'text', text: `Share of zero words in each tile of ${bytesText(tileBytes(layout))}.` },
    ],
    dump,
    painterOf: (band) => dumpPainter(layout, band, dump),
  });
}

export function zeroFillChangePage(input: PictureInput): PageSpec {
  const layout = layoutOf(input);
  return memoryPage(layout, {
    title: seriesTitle(input.report, 'Change of zero fill'),
    facts: seriesFacts(input.report),
    legend: [
      { kind: 'scale', scale: lessOrMore, low: 'zero words were filled', high: 'zero words came' },
      { kind: 'not-captured', text: 'mapped, not captured' },
      {
        kind: 'text',
        text: `Zero words of the last dump less those of the first, as a share of each tile of ${bytesText(tileBytes(layout))}.`,
      },
      { kind: 'text', text: 'Grey: as many as before. Newly mapped memory counts as having had none.' },
    ],
    dump: input.report.dumps.length - 1,
    painterOf: (band) => changePainter(layout, band),
  });
}

/** How much of memory is zero, in each dump and as a change. */
export const zeroFill = {
  id: 'zero-fill',
  pictures: (input) => [
    ...drawnDumps(input.report.dumps.length).map((index) => ({
      id: `zero-fill-${index + 1}`,
      title: `Zero fill, dump ${index + 1}`,
      description: `Dark areas of ${input.report.dumps[index]!.path} are zero: memory that was handed out and never written, or cleared.`,
      draw: () => drawPage(zeroFillPage(input, index)),
      lookup: () => pictureLookup(input, zeroFillPage(input, index), index),
    })),
    {
      id: 'zero-fill-change',
      title: 'Change of zero fill',
      description: 'Blue: zero memory came since the first dump. Orange: zero memory was filled.',
      draw: () => drawPage(zeroFillChangePage(input)),
    },
  ],
} as const satisfies Picture;
