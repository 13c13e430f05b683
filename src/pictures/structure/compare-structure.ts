// How alike two dumps are in structure, tile by tile: by SSIM on kinds of words, which values do not touch.
import { ssim } from 'ssim.js';
import { cellAbsent, cellFillSteps, cellKind } from '../../model/cell-map.ts';
import { type CellGrid, gridRows, placeOfCell } from '../layout/cell-places.ts';
import type { Pace } from '../picture.ts';

/** Cells along each side of a tile; SSIM's own window where windows do not overlap. */
export const structureTile = 8;
/** Tiles that ssim.js is given at a time. */
const mostTiles = 1024;

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

/** The cells of one band in two dumps; index 0 is the band's first cell. */
export interface ComparedCells {
  readonly grid: CellGrid;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

export interface TileStructure {
  /** Tiles in a row of tiles. */
  readonly across: number;
  /** Change of structure of each tile, row by row: 0 the same, 1 nothing alike. */
  readonly change: Float32Array;
}

/**
 * Cells that one of the dumps does not hold count as alike: what came and what went is no change of structure. SSIM's
 * windows do not overlap, so only tiles that differ at all are handed to it.
 */
export async function compareStructure({ grid, before, after }: ComparedCells, pace: Pace): Promise<TileStructure> {
  const across = Math.ceil(grid.columns / structureTile);
  const down = Math.ceil(gridRows(grid, before.length) / structureTile);
  const stride = across * structureTile;
  const [first, second] = [before, after].map((codes) => {
    const plane = new Uint8Array(stride * down * structureTile).fill(emptyLightness);
    for (let index = 0; index < codes.length; index++) {
      if (before[index] === cellAbsent || after[index] === cellAbsent) continue;
      const place = placeOfCell(grid, index);
      const row = Math.floor(place / grid.columns);
      plane[row * stride + (place - row * grid.columns)] = lightness[codes[index]!]!;
    }
    return plane;
  });
  await pace();
  const change = new Float32Array(across * down);
  const different = differentTiles(first!, second!, { across, down });
  for (let from = 0; from < different.length; from += mostTiles) {
    const tiles = different.slice(from, from + mostTiles);
    const changes = compareTiles(cutOut(first!, tiles, across), cutOut(second!, tiles, across));
    for (const [index, tile] of tiles.entries()) change[tile] = changes[index]!;
    await pace();
  }
  return { across, change };
}

/** Tiles in which two planes are not the same, row by row of tiles. */
function differentTiles(
  first: Uint8Array,
  second: Uint8Array,
  { across, down }: { readonly across: number; readonly down: number },
): number[] {
  const stride = across * structureTile;
  const tiles: number[] = [];
  for (let tile = 0; tile < across * down; tile++) {
    const start = firstOfTile(tile, across);
    if (!isSameTile(first, second, start, stride)) tiles.push(tile);
  }
  return tiles;
}

function isSameTile(first: Uint8Array, second: Uint8Array, start: number, stride: number): boolean {
  for (let row = 0, from = start; row < structureTile; row++, from += stride) {
    for (let at = from; at < from + structureTile; at++) if (first[at] !== second[at]) return false;
  }
  return true;
}

/** Offset in a plane of a tile's first cell. */
function firstOfTile(tile: number, across: number): number {
  const row = Math.floor(tile / across);
  return (row * across * structureTile + (tile - row * across)) * structureTile;
}

/** Change of each tile: 0 the same, 1 nothing alike. */
function compareTiles(first: ImageOfTiles, second: ImageOfTiles): number[] {
  const options = { ssim: 'bezkrovny', windowSize: structureTile, downsample: false } as const;
  return ssim(first, second, options).ssim_map.data.map((alike) => Math.min(1, Math.max(0, 1 - alike)));
}

interface ImageOfTiles {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Tiles below each other as ssim.js takes them: four bytes a pixel. */
function cutOut(plane: Uint8Array, tiles: readonly number[], across: number): ImageOfTiles {
  const pixels = new Uint32Array(tiles.length * structureTile * structureTile);
  let to = 0;
  for (const tile of tiles) {
    for (let row = 0, from = firstOfTile(tile, across); row < structureTile; row++, from += across * structureTile) {
      for (let column = 0; column < structureTile; column++) pixels[to++] = plane[from + column]! * 0x01010101;
    }
  }
  return { width: structureTile, height: tiles.length * structureTile, data: new Uint8ClampedArray(pixels.buffer) };
}
