import { hexColour, interpolatedScale } from '../draw/colour-scale.ts';
import { packColour } from '../draw/pixel-image.ts';
import { cellAbsent } from '../model/cell-map.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { type CellBand, gridOf, type Layout, layoutOf } from './layout.ts';
import type { CellFiller } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { pairFacts, pairTitle } from './page/facts.ts';
import { memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import { type BandTiles, type CellGroup, coloursByTile, groupsOf, tileColours } from './page/tiles.ts';
import type { Pace, Picture, PictureInput } from './picture.ts';
import { compareStructure, structureTile, structureTiles } from './structure/compare-structure.ts';

/** From pale to dark blue: lightness alone tells it. */
const changeScale = interpolatedScale(['#d6d8da', '#9dbbdc', '#4a7fbf', '#1f3f86', '#14204a']);
const cameColour = hexColour('#f2cf73');
const wentColour = hexColour('#8f8a7c');
/** From this change on a tile counts as having another structure. */
export const otherStructure = 0.25;

interface ComparedBand {
  /** Change of structure of each tile. */
  readonly change: Float32Array;
  readonly tiles: BandTiles;
  /** The band's cells in the dump before, and in this one. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Changes between dump `dump` and the one before, by band. */
async function compareBands(layout: Layout, dump: number, pace: Pace): Promise<ReadonlyMap<CellBand, ComparedBand>> {
  const compared = new Map<CellBand, ComparedBand>();
  for (const band of layout.bands) {
    if (band.kind === 'cells') compared.set(band, await compareBand(layout, band, dump, pace));
  }
  return compared;
}

async function compareBand(layout: Layout, band: CellBand, dump: number, pace: Pace): Promise<ComparedBand> {
  const cellsOf = (index: number) => band.cells.cells[index]!.subarray(band.firstCell, band.firstCell + band.cellCount);
  const [before, after] = [cellsOf(dump - 1), cellsOf(dump)];
  const tiles = structureTilesOf(layout, band);
  const change = await compareStructure({ grid: gridOf(layout, band), tiles, before, after }, pace);
  return { before, after, tiles, change };
}

const tilesOfBands = new WeakMap<CellBand, BandTiles>();

/** Made once per band: every two dumps are compared in them. */
function structureTilesOf(layout: Layout, band: CellBand): BandTiles {
  const known = tilesOfBands.get(band);
  if (known) return known;
  const tiles = structureTiles(gridOf(layout, band), band.cellCount);
  tilesOfBands.set(band, tiles);
  return tiles;
}

function coloursOf({ change, tiles, before, after }: ComparedBand): CellFiller {
  const colourOfTile = tileColours(tiles, change, changeScale);
  const [came, went] = [packColour(cameColour), packColour(wentColour)];
  return coloursByTile(tiles, colourOfTile, { before, after }, { came, went });
}

/** Bytes of cells that both dumps hold, in tiles of another structure. */
function otherBytes(layout: Layout, compared: Iterable<ComparedBand>): number {
  let cells = 0;
  for (const band of compared) if (band.change.some((share) => share >= otherStructure)) cells += otherCells(band);
  return cells * layout.bytesPerCell;
}

function otherCells(compared: ComparedBand): number {
  let cells = 0;
  for (const group of groupsOf(compared.tiles)) cells += otherCellsIn(compared, group);
  return cells;
}

function otherCellsIn(
  { change, tiles: { tileOf }, before, after }: ComparedBand,
  { first, end, firstTile }: CellGroup,
): number {
  let cells = 0;
  for (let cell = first; cell < end; cell++) {
    if (change[firstTile + tileOf[cell - first]!]! < otherStructure) continue;
    if (before[cell] !== cellAbsent && after[cell] !== cellAbsent) cells++;
  }
  return cells;
}

/** Bytes on pages that are not what they were in the dump before, in all regions. */
function changedBytes(input: PictureInput, dump: number): number {
  return input.report.regions.reduce((sum, region) => sum + (region.changes.changedBytes[dump] ?? 0), 0);
}

/** The page that compares a dump with the one before; `dump` counts from 1. */
export async function structureChangePage(input: PictureInput, dump: number, pace: Pace): Promise<PageSpec> {
  const layout = layoutOf(input);
  const compared = await compareBands(layout, dump, pace);
  const other = otherBytes(layout, compared.values());
  return memoryPage(layout, {
    title: pairTitle(input.report, 'Change of structure', dump),
    facts: [
      ...pairFacts(input.report, dump),
      `on pages with changed bytes ${bytesText(changedBytes(input, dump))}`,
      `in tiles of another structure ${bytesText(other)}`,
    ],
    legend: [
      { kind: 'scale', scale: changeScale, low: 'same structure', high: 'nothing alike' },
      { kind: 'colour', colour: cameColour, text: 'came since' },
      { kind: 'colour', colour: wentColour, text: 'gone since' },
      { kind: 'not-captured', text: 'mapped, not captured' },
      {
        kind: 'text',
        text: `Kinds of words compared by SSIM in tiles of ${structureTile}×${structureTile} cells, ${bytesText(structureTile ** 2 * layout.bytesPerCell)}.`,
      },
      {
        kind: 'text',
        text: 'Values do not count: a counter that rose changes bytes, yet no structure. What moved, or fills memory in another pattern, does.',
      },
    ],
    dump,
    coloursOf: (band) => coloursOf(compared.get(band)!),
  });
}

/** Where memory took on another structure between neighbouring dumps, whatever became of its values. */
export const structureChange = {
  id: 'structure-change',
  pictures: (input) =>
    drawnDumps(input.report.dumps.length)
      .filter((dump) => dump > 0)
      .map((dump) => ({
        id: `structure-change-${dump}`,
        title: `Change of structure, dump ${dump} to ${dump + 1}`,
        description:
          'Dark areas hold another structure than before: content that moved or came in another pattern, not counters that went on.',
        draw: async (pace) => drawPage(await structureChangePage(input, dump, pace), pace),
      })),
} as const satisfies Picture;
