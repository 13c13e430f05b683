import { type ColourScale, inSteps, mixColours } from '../draw/colour-scale.ts';
import { cividis, lessOrMore, zeroColour } from '../draw/palette.ts';
import { cellAbsent, cellNonZeroShare } from '../model/cell-map.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { type CellBand, type Layout, layoutOf } from './layout.ts';
import { pictureLookup } from './lookup.ts';
import type { CellFiller } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { dumpFacts, dumpTitle, seriesFacts, seriesTitle } from './page/facts.ts';
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
  tileColours,
  tilesOf,
} from './page/tiles.ts';
import type { Pace, Picture, PictureInput } from './picture.ts';

/** Share of zero, 0 to 1; all zero is the same near-black as in the overview. */
const zeroScale = inSteps((zeroShare) => mixColours(cividis(1 - zeroShare), zeroColour, zeroShare ** 8));

/** Share of zero by code; what is absent has none. */
const zeroShares = Float64Array.from({ length: 256 }, (_, code) =>
  code === cellAbsent ? 0 : 1 - cellNonZeroShare(code),
);
/** The cells of a dump that is none; as many as were asked for at most. */
let absent = new Uint8Array();

function allAbsent(count: number): Uint8Array {
  if (absent.length < count) absent = new Uint8Array(count).fill(cellAbsent);
  return absent;
}

/**
 * Colours cells by the mean, over their tile, of what their share of zero rose by from one dump to another. Cells that
 * neither dump holds have nothing to show, and do not spoil their tile.
 */
function coloursOfRise(tiles: BandTiles, pair: CellPair, scale: ColourScale): CellFiller {
  const colourOfTile = tileColours(tiles, riseOfTiles(tiles, pair), scale);
  return coloursByTile(tiles, colourOfTile, pair, { came: ofTile, went: ofTile });
}

function riseOfTiles(tiles: BandTiles, pair: CellPair): Float64Array {
  const rise = new Float64Array(tiles.count);
  const cells = new Uint32Array(tiles.count);
  for (const group of groupsOf(tiles)) addRise({ rise, cells, tileOf: tiles.tileOf }, pair, group);
  return rise.map((sum, tile) => sum / Math.max(1, cells[tile]!));
}

/** What is known of each tile: the sum of its cells' rise, and how many they are. */
interface TileRise {
  readonly rise: Float64Array;
  readonly cells: Uint32Array;
  readonly tileOf: Uint32Array;
}

function addRise(
  { rise, cells, tileOf }: TileRise,
  { before, after }: CellPair,
  { first, end, firstTile }: CellGroup,
): void {
  // Of the tile at hand: adding to what was just written would wait for it.
  let tile = firstTile;
  let sum = 0;
  let held = 0;
  for (let cell = first; cell < end; cell++) {
    const own = firstTile + tileOf[cell - first]!;
    if (own !== tile) {
      rise[tile] = sum;
      cells[tile] = held;
      tile = own;
      sum = rise[tile]!;
      held = cells[tile]!;
    }
    if (before[cell] === cellAbsent && after[cell] === cellAbsent) continue;
    sum += zeroShares[after[cell]!]! - zeroShares[before[cell]!]!;
    held++;
  }
  rise[tile] = sum;
  cells[tile] = held;
}

function coloursOfDump(layout: Layout, band: CellBand, dump: number): CellFiller {
  const after = band.cells.cells[dump]!.subarray(band.firstCell);
  return coloursOfRise(tilesOf(layout, band), { before: allAbsent(band.cellCount), after }, zeroScale);
}

function coloursOfChange(layout: Layout, band: CellBand): CellFiller {
  const before = band.cells.cells[0]!.subarray(band.firstCell);
  const after = band.cells.cells.at(-1)!.subarray(band.firstCell);
  return coloursOfRise(tilesOf(layout, band), { before, after }, (rise) => lessOrMore(0.5 + rise / 2));
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
    coloursOf: (band) => coloursOfDump(layout, band, dump),
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
    coloursOf: (band) => coloursOfChange(layout, band),
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
      draw: (pace: Pace) => drawPage(zeroFillPage(input, index), pace),
      lookup: () => pictureLookup(input, zeroFillPage(input, index), index),
    })),
    {
      id: 'zero-fill-change',
      title: 'Change of zero fill',
      description: 'Blue: zero memory came since the first dump. Orange: zero memory was filled.',
      draw: (pace: Pace) => drawPage(zeroFillChangePage(input), pace),
    },
  ],
} as const satisfies Picture;
