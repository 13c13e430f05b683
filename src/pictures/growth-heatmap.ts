import { hexColour } from '../draw/colour-scale.ts';
import { heat } from '../draw/palette.ts';
import { packColour } from '../draw/pixel-image.ts';
import { cellAbsent, cellNonZeroShare } from '../model/cell-map.ts';
import { type CellBand, type Layout, layoutOf } from './layout.ts';
import { type CellColours, type CellFiller, nothing } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { seriesFacts, seriesTitle } from './page/facts.ts';
import { memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import {
  type BandTiles,
  type CellGroup,
  type CellPair,
  coloursByTile,
  groupsOf,
  ofTile,
  tileBytes,
  tilesOf,
} from './page/tiles.ts';
import type { Picture, PictureInput } from './picture.ts';

/** Memory that was there before and holds no more than it did. */
const unchangedColour = hexColour('#d3d5d8');
/** Memory of the first dump that the last one has no more. */
const goneColour = hexColour('#a8c3de');
/** Shares below this are rounding of the cells' fill, not growth. */
const leastShare = 0.03;

function coloursOf(layout: Layout, band: CellBand): CellFiller {
  const before = band.cells.cells[0]!.subarray(band.firstCell);
  const after = band.cells.cells.at(-1)!.subarray(band.firstCell);
  const tiles = tilesOf(layout, band);
  const heats = heatOfTiles(tiles, { before, after });
  return coloursByTile(tiles, heats, { before, after }, { came: ofTile, went: packColour(goneColour) });
}

/** What is known of each tile. */
interface TileGains {
  readonly tileOf: Uint32Array;
  /** Sum of what its cells gained, as shares. */
  readonly populated: Float64Array;
  readonly cellsInLast: Uint32Array;
  readonly newCells: Uint32Array;
}

/** By what its cells gained on the mean. */
function heatOfTiles(tiles: BandTiles, pair: CellPair): CellColours {
  const { count, tileOf } = tiles;
  const counts = () => new Uint32Array(count);
  const gains = { tileOf, populated: new Float64Array(count), cellsInLast: counts(), newCells: counts() };
  for (const group of groupsOf(tiles)) addGains(gains, pair, group);
  return Int32Array.from({ length: count }, (_, tile) => heatOfTile(gains, tile));
}

function addGains(
  { tileOf, populated, cellsInLast, newCells }: TileGains,
  { before, after }: CellPair,
  { first, end, firstTile }: CellGroup,
): void {
  for (let cell = first; cell < end; cell++) {
    if (after[cell] === cellAbsent) continue;
    const tile = firstTile + tileOf[cell - first]!;
    const isNew = before[cell] === cellAbsent;
    const held = isNew ? 0 : cellNonZeroShare(before[cell]!);
    populated[tile]! += Math.max(0, cellNonZeroShare(after[cell]!) - held);
    cellsInLast[tile]!++;
    if (isNew) newCells[tile]!++;
  }
}

function heatOfTile({ populated, cellsInLast, newCells }: TileGains, tile: number): number {
  if (cellsInLast[tile] === 0) return nothing;
  const share = populated[tile]! / cellsInLast[tile]!;
  const hasGrown = newCells[tile]! > 0 || share >= leastShare;
  return packColour(hasGrown ? heat(Math.sqrt(share)) : unchangedColour);
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
    coloursOf: (band) => coloursOf(layout, band),
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
      draw: (pace) => drawPage(growthHeatmapPage(input), pace),
    },
  ],
} as const satisfies Picture;
