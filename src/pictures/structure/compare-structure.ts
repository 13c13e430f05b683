// How alike two dumps are in structure, tile by tile: by SSIM on kinds of words, which values do not touch.
import { cellAbsent, cellFillSteps, cellKind } from '../../model/cell-map.ts';
import { type CellGrid, cellAtPlace } from '../layout/cell-places.ts';
import { type BandTiles, type CellGroup, groupsOf, tilesOfCells } from '../page/tiles.ts';
import type { Pace } from '../picture.ts';
import { windowSsim } from './window-ssim.ts';

/** Cells along each side of a tile, which is SSIM's window: they do not overlap. */
export const structureTile = 8;
/** Tiles that are compared before giving way is thought of. */
const tilesAtOnce = 1024;

/** Lightness of each kind, far apart; SSIM compares lightness only. */
const kindLightness = [0, 235, 180, 130, 90];
const emptyLightness = 10;

/** What a cell looks like to SSIM, 0 to 255. */
const lightness = Uint8Array.from({ length: 256 }, (_, code) => {
  const step = code & cellFillSteps;
  if (code === cellAbsent || step === 0) return emptyLightness;
  const full = kindLightness[cellKind(code)] ?? 90;
  return emptyLightness + (full - emptyLightness) * (0.4 + (0.6 * step) / cellFillSteps);
});

/** The tiles in which a band's structure is compared. */
export function structureTiles(grid: CellGrid, cellCount: number): BandTiles {
  return tilesOfCells(grid, cellCount, { across: structureTile, down: structureTile });
}

/** The cells of one band in two dumps; index 0 is the band's first cell. */
export interface ComparedCells {
  readonly grid: CellGrid;
  /** structureTiles of the band. */
  readonly tiles: BandTiles;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/**
 * Change of structure of each tile, row by row: 0 the same, 1 nothing alike. Cells that one of the dumps does not hold
 * count as alike: what came and what went is no change of structure.
 */
export async function compareStructure(cells: ComparedCells, pace: Pace): Promise<Float32Array> {
  const change = new Float32Array(cells.tiles.count);
  const isDifferent = differentTiles(cells);
  await pace();
  const [first, second] = [new Uint8Array(structureTile ** 2), new Uint8Array(structureTile ** 2)];
  let compared = 0;
  for (let tile = 0; tile < change.length; tile++) {
    if (isDifferent[tile] === 0) continue;
    cutOut(cells, tile, first, second);
    change[tile] = Math.min(1, Math.max(0, 1 - windowSsim(first, second)));
    if (++compared % tilesAtOnce === 0) await pace();
  }
  return change;
}

/** 1 for tiles in which anything looks different. */
function differentTiles(cells: ComparedCells): Uint8Array {
  const isDifferent = new Uint8Array(cells.tiles.count);
  for (const group of groupsOf(cells.tiles)) markDifferent(isDifferent, cells, group);
  return isDifferent;
}

function markDifferent(
  isDifferent: Uint8Array,
  { tiles: { tileOf }, before, after }: ComparedCells,
  { first, end, firstTile }: CellGroup,
): void {
  for (let cell = first; cell < end; cell++) {
    const one = before[cell]!;
    const other = after[cell]!;
    if (one === other || one === cellAbsent || other === cellAbsent) continue;
    if (lightness[one] !== lightness[other]) isDifferent[firstTile + tileOf[cell - first]!] = 1;
  }
}

/** What a tile looks like in both dumps. */
function cutOut({ grid, before, after }: ComparedCells, tile: number, first: Uint8Array, second: Uint8Array): void {
  const across = Math.ceil(grid.columns / structureTile);
  const top = Math.floor(tile / across) * structureTile;
  const left = (tile % across) * structureTile;
  for (let pixel = 0; pixel < first.length; pixel++) {
    const row = Math.floor(pixel / structureTile);
    const cell = cellAtPlace(grid, left + pixel - row * structureTile, top + row);
    const isHeld = cell >= 0 && cell < before.length && before[cell] !== cellAbsent && after[cell] !== cellAbsent;
    first[pixel] = isHeld ? lightness[before[cell]!]! : emptyLightness;
    second[pixel] = isHeld ? lightness[after[cell]!]! : emptyLightness;
  }
}
