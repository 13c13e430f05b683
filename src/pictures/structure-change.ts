import { hexColour, interpolatedScale } from '../draw/colour-scale.ts';
import { cellAbsent } from '../model/cell-map.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { placeOfCell } from './layout/cell-places.ts';
import { type CellBand, gridOf, type Layout, layoutOf } from './layout.ts';
import { drawPage } from './page/draw-page.ts';
import { pairFacts, pairTitle } from './page/facts.ts';
import { type CellPainter, memoryPage } from './page/memory-page.ts';
import type { PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import type { Picture, PictureInput } from './picture.ts';
import { compareStructure, structureTile, type TileStructure } from './structure/compare-structure.ts';

/** From pale to dark blue: lightness alone tells it. */
const changeScale = interpolatedScale(['#d6d8da', '#9dbbdc', '#4a7fbf', '#1f3f86', '#14204a']);
const cameColour = hexColour('#f2cf73');
const wentColour = hexColour('#8f8a7c');
/** From this change on a tile counts as having another structure. */
export const otherStructure = 0.25;

interface ComparedBand {
  readonly band: CellBand;
  readonly tiles: TileStructure;
}

/** Changes between dump `dump` and the one before, by band. */
function compareBands(layout: Layout, dump: number): ReadonlyMap<CellBand, ComparedBand> {
  const compared = new Map<CellBand, ComparedBand>();
  for (const band of layout.bands) {
    if (band.kind !== 'cells') continue;
    const [before, after] = [dump - 1, dump].map((index) =>
      band.cells.cells[index]!.subarray(band.firstCell, band.firstCell + band.cellCount),
    );
    compared.set(band, {
      band,
      tiles: compareStructure({ grid: gridOf(layout, band), before: before!, after: after! }),
    });
  }
  return compared;
}

function changeOf(layout: Layout, { band, tiles }: ComparedBand, index: number): number {
  const place = placeOfCell(gridOf(layout, band), index);
  const row = Math.floor(place / layout.columns);
  const column = place - row * layout.columns;
  return tiles.change[Math.floor(row / structureTile) * tiles.across + Math.floor(column / structureTile)]!;
}

function painterOf(layout: Layout, compared: ComparedBand, dump: number): CellPainter {
  const { band } = compared;
  const before = band.cells.cells[dump - 1]!;
  const after = band.cells.cells[dump]!;
  return (cell) => {
    if (after[cell] === cellAbsent) return before[cell] === cellAbsent ? undefined : wentColour;
    if (before[cell] === cellAbsent) return cameColour;
    return changeScale(changeOf(layout, compared, cell - band.firstCell));
  };
}

/** Bytes of cells that both dumps hold, in tiles of another structure. */
function otherBytes(layout: Layout, compared: Iterable<ComparedBand>, dump: number): number {
  let cells = 0;
  for (const one of compared) {
    const before = one.band.cells.cells[dump - 1]!;
    const after = one.band.cells.cells[dump]!;
    for (let index = 0; index < one.band.cellCount; index++) {
      const cell = one.band.firstCell + index;
      if (before[cell] === cellAbsent || after[cell] === cellAbsent) continue;
      if (changeOf(layout, one, index) >= otherStructure) cells++;
    }
  }
  return cells * layout.bytesPerCell;
}

/** Bytes on pages that are not what they were in the dump before, in all regions. */
function changedBytes(input: PictureInput, dump: number): number {
  return input.report.regions.reduce((sum, region) => sum + (region.changes.changedBytes[dump] ?? 0), 0);
}

/** The page that compares a dump with the one before; `dump` counts from 1. */
export function structureChangePage(input: PictureInput, dump: number): PageSpec {
  const layout = layoutOf(input);
  const compared = compareBands(layout, dump);
  const other = otherBytes(layout, compared.values(), dump);
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
    painterOf: (band) => painterOf(layout, compared.get(band)!, dump),
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
        draw: () => drawPage(structureChangePage(input, dump)),
      })),
} as const satisfies Picture;
