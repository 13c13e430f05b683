import { hexColour } from '../draw/colour-scale.ts';
import { heat } from '../draw/palette.ts';
import { cellAbsent, cellNonZeroShare } from '../model/cell-map.ts';
import { type CellBand, type Layout, layoutOf } from './layout.ts';
import { drawPage } from './page/draw-page.ts';
import { seriesFacts, seriesTitle } from './page/facts.ts';
import { type CellPainter, memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import { tileBytes, tilePainter } from './page/tiles.ts';
import type { Picture, PictureInput } from './picture.ts';

/** Memory that was there before and holds no more than it did. */
const unchangedColour = hexColour('#d3d5d8');
/** Memory of the first dump that the last one has no more. */
const goneColour = hexColour('#a8c3de');
/** Shares below this are rounding of the cells' fill, not growth. */
const leastShare = 0.03;

/** Indexes of the sums over a tile. */
const populated = 0;
const cellsInLast = 1;
const newCells = 2;
const sumCount = 3;

function painterOf(layout: Layout, band: CellBand): CellPainter {
  const first = band.cells.cells[0]!;
  const last = band.cells.cells.at(-1)!;
  const sums = {
    count: sumCount,
    add: (cell: number, values: Float64Array, at: number) => {
      if (last[cell] === cellAbsent) return;
      const isNew = first[cell] === cellAbsent;
      const before = isNew ? 0 : cellNonZeroShare(first[cell]!);
      values[at + populated]! += Math.max(0, cellNonZeroShare(last[cell]!) - before);
      values[at + cellsInLast]!++;
      if (isNew) values[at + newCells]!++;
    },
  };
  const colourOf = (values: Float64Array, at: number) => {
    const cells = values[at + cellsInLast]!;
    if (cells === 0) return undefined;
    const share = values[at + populated]! / cells;
    const hasGrown = values[at + newCells]! > 0 || share >= leastShare;
    return hasGrown ? heat(Math.sqrt(share)) : unchangedColour;
  };
  const tiles = tilePainter(layout, band, sums, colourOf, (cell) => last[cell] !== cellAbsent);
  return (cell) => tiles(cell) ?? (first[cell] === cellAbsent ? undefined : goneColour);
}

export function growthHeatmapPage(input: PictureInput): PageSpec {
  const layout = layoutOf(input);
  return memoryPage(layout, {
    title: seriesTitle(input.report, 'Growth heatmap'),
    facts: seriesFacts(input.report),
    legend: [
      { kind: 'colour', colour: unchangedColour, text: 'no growth' },
      { kind: 'scale', scale: heat, low: 'grown: mapped, all zero', high: 'filled with data' },
      { kind: 'colour', colour: goneColour, text: 'unmapped since' },
      { kind: 'not-captured', text: 'mapped, not captured' },
      {
        kind: 'text',
        text: `How much of each tile of ${bytesText(tileBytes(layout))} was filled between the first dump and the last.`,
      },
    ],
    dump: input.report.dumps.length - 1,
    painterOf: (band) => painterOf(layout, band),
  });
}

/** Where memory grew between the first dump and the last, and how much of it was filled. */
export const growthHeatmap = {
  id: 'growth-heatmap',
  pictures: (input) => [
    {
      id: 'growth-heatmap',
      title: 'Growth heatmap',
      description: 'Bright areas were filled between the first dump and the last; grey ones did not grow.',
      draw: () => drawPage(growthHeatmapPage(input)),
    },
  ],
} as const satisfies Picture;
