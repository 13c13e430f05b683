import { cellAbsent } from '../model/cell-map.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { type CellBand, type Layout, layoutOf } from './layout.ts';
import { pictureLookup } from './lookup.ts';
import type { CellColours, CellFiller } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { dumpFacts, dumpTitle } from './page/facts.ts';
import { kindLegend, packedCodeColours } from './page/kind-colours.ts';
import { memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import type { Picture, PictureInput } from './picture.ts';

/** A block's header on a field of zeros is one pixel, too little for the eye: it is drawn this wide. */
const lonePixels = 3;
/** Zero cells on both sides that make a cell a lone one. */
const loneDistance = 6;
const loneText = `Data alone among zeros is drawn ${lonePixels} pixels wide, so that it can be seen.`;

function coloursOf(layout: Layout, band: CellBand, dump: number): CellFiller {
  const codes = band.cells.cells[dump]!;
  return (colours, first) => {
    const from = band.firstCell + first;
    for (let cell = 0; cell < colours.length; cell++) colours[cell] = packedCodeColours[codes[from + cell]!]!;
    if (layout.cellWidth === 1) widenLoneCells(codes, band, layout.columns, { colours, first });
  };
}

/** Over the zeros that follow in the same row. */
function widenLoneCells(
  codes: Uint8Array,
  band: CellBand,
  columns: number,
  { colours, first }: { readonly colours: CellColours; readonly first: number },
): void {
  const last = first + colours.length;
  // Those just before the first one may reach into what is asked for.
  for (let cell = Math.max(0, first - lonePixels + 1); cell < last; cell++) {
    const at = band.firstCell + cell;
    const code = codes[at]!;
    if (code === 0 || codes[at + 1] !== 0 || !isLone(codes, at)) continue;
    const end = Math.min(last, cell + lonePixels, cell - (cell % columns) + columns);
    if (end > first) colours.fill(packedCodeColours[code]!, Math.max(0, cell - first), end - first);
  }
}

function isLone(codes: Uint8Array, cell: number): boolean {
  if (codes[cell] === cellAbsent) return false;
  for (let distance = 1; distance <= loneDistance; distance++) {
    if (codes[cell - distance] !== 0 || codes[cell + distance] !== 0) return false;
  }
  return true;
}

/** The page of one dump, not drawn yet. */
export function overviewPage(input: PictureInput, dump: number): PageSpec {
  const layout = layoutOf(input);
  return memoryPage(layout, {
    title: dumpTitle(input.report, 'Overview', dump),
    facts: dumpFacts(input.report, dump),
    legend: [
      ...kindLegend,
      { kind: 'not-captured', text: 'mapped, not captured' },
      { kind: 'not-mapped', text: 'not mapped' },
      { kind: 'text', text: 'Darker: more of it is zero. Colours tell kinds of words, never values.' },
      ...(layout.cellWidth === 1 ? [{ kind: 'text', text: loneText } as const] : []),
    ],
    dump,
    coloursOf: (band) => coloursOf(layout, band, dump),
  });
}

/** All memory of each dump by what kind of words it holds. */
export const overview = {
  id: 'overview',
  pictures: (input) =>
    drawnDumps(input.report.dumps.length).map((index) => ({
      id: `overview-${index + 1}`,
      title: `Overview, dump ${index + 1}`,
      description: `What the memory in ${input.report.dumps[index]!.path} holds; the same address is on the same pixel in every overview.`,
      draw: (pace) => drawPage(overviewPage(input, index), pace),
      lookup: () => pictureLookup(input, overviewPage(input, index), index),
    })),
} as const satisfies Picture;
