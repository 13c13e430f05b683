// How alike two dumps are in structure, tile by tile: by SSIM on kinds of words, which values do not touch.
import { ssim } from 'ssim.js';
import { cellAbsent, cellFillSteps, cellKind } from '../../model/cell-map.ts';
import { type CellGrid, gridRows, placeOfCell } from '../layout/cell-places.ts';

/** Cells along each side of a tile; SSIM's own window where windows do not overlap. */
export const structureTile = 8;
/** Larger maps are compared in pieces: beyond, ssim.js takes long and much memory. */
const largestPiece = 512;

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

/** Cells that one of the dumps does not hold count as alike: what came and what went is no change of structure. */
export function compareStructure({ grid, before, after }: ComparedCells): TileStructure {
  const rows = gridRows(grid, before.length);
  const width = Math.ceil(grid.columns / structureTile) * structureTile;
  const height = Math.ceil(rows / structureTile) * structureTile;
  const [first, second] = [before, after].map((codes) => {
    const plane = new Uint8Array(width * height).fill(emptyLightness);
    for (let index = 0; index < codes.length; index++) {
      if (before[index] === cellAbsent || after[index] === cellAbsent) continue;
      const place = placeOfCell(grid, index);
      const row = Math.floor(place / grid.columns);
      plane[row * width + (place - row * grid.columns)] = lightness[codes[index]!]!;
    }
    return plane;
  });
  const across = width / structureTile;
  const change = new Float32Array(across * (height / structureTile));
  for (let top = 0; top < height; top += largestPiece) {
    for (let left = 0; left < width; left += largestPiece) {
      const piece = {
        left,
        top,
        width: Math.min(largestPiece, width - left),
        height: Math.min(largestPiece, height - top),
      };
      comparePiece(first!, second!, width, piece, (column, row, value) => {
        change[(top / structureTile + row) * across + left / structureTile + column] = value;
      });
    }
  }
  return { across, change };
}

interface Piece {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function comparePiece(
  first: Uint8Array,
  second: Uint8Array,
  stride: number,
  piece: Piece,
  set: (column: number, row: number, change: number) => void,
): void {
  const options = { ssim: 'bezkrovny', windowSize: structureTile, downsample: false } as const;
  const { ssim_map: map } = ssim(cutOut(first, stride, piece), cutOut(second, stride, piece), options);
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      set(column, row, Math.min(1, Math.max(0, 1 - map.data[row * map.width + column]!)));
    }
  }
}

/** A piece as ssim.js takes it: four bytes a pixel. */
function cutOut(plane: Uint8Array, stride: number, { left, top, width, height }: Piece) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data.fill(
        plane[(top + row) * stride + left + column]!,
        (row * width + column) * 4,
        (row * width + column) * 4 + 3,
      );
    }
  }
  return { width, height, data };
}
