import { type Colour, packColour } from '../../draw/pixel-image.ts';
import { cellAbsent } from '../../model/cell-map.ts';
import { type CellGrid, cellsPerStrip, placeOfCell } from '../layout/cell-places.ts';
import { type CellBand, gridOf, type Layout } from '../layout.ts';
import { type CellColours, type CellFiller, nothing } from './cell-colours.ts';

/** The tiles that the cells of a band stand in: single headers and holes blend into the area around them. */
export interface BandTiles {
  readonly count: number;
  /** Of the band. */
  readonly cellCount: number;
  /** Cells that follow each other and have tiles to themselves: of so many rows as a tile is high, or of a strip. */
  readonly groupCells: number;
  readonly groupTiles: number;
  /** Tile of each cell of a group, counted from the group's first: all groups are laid out alike. */
  readonly tileOf: Uint32Array;
}

/** Pixels along each side of a tile, about: enough to give an area one colour, few enough to follow its border. */
const tilePixels = 4;

/** Cells of a tile, across and down. */
interface TileShape {
  readonly across: number;
  readonly down: number;
}

function tileShape(layout: Layout): TileShape {
  return {
    across: Math.max(1, Math.floor(tilePixels / layout.cellWidth)),
    down: Math.max(1, Math.floor(tilePixels / layout.cellHeight)),
  };
}

const tilesOfBands = new WeakMap<CellBand, BandTiles>();

/** The tiles that colours are given to; made once per band, for most pictures ask. */
export function tilesOf(layout: Layout, band: CellBand): BandTiles {
  const known = tilesOfBands.get(band);
  if (known) return known;
  const tiles = tilesOfCells(gridOf(layout, band), band.cellCount, tileShape(layout));
  tilesOfBands.set(band, tiles);
  return tiles;
}

/** Tiles of any shape, row by row of tiles. Squares are as high as several tiles. */
export function tilesOfCells(grid: CellGrid, cellCount: number, { across, down }: TileShape): BandTiles {
  const tilesAcross = Math.ceil(grid.columns / across);
  const isRows = grid.side === 1;
  const groupCells = isRows ? down * grid.columns : cellsPerStrip(grid);
  const groupTiles = isRows ? tilesAcross : (tilesAcross * grid.side) / down;
  const tileOf = new Uint32Array(groupCells);
  for (let cell = 0; cell < groupCells; cell++) {
    const place = placeOfCell(grid, cell);
    const row = Math.floor(place / grid.columns);
    const column = place - row * grid.columns;
    tileOf[cell] = Math.floor(row / down) * tilesAcross + Math.floor(column / across);
  }
  return { count: groupTiles * Math.ceil(cellCount / groupCells), cellCount, groupCells, groupTiles, tileOf };
}

/** Some cells of a band: see BandTiles. */
export interface CellGroup {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  /** What the group's tiles are counted from. */
  readonly firstTile: number;
}

/**
 * All groups of a band. What loops over cells is a function that is called for each of them: one that loops over all
 * cells at once is compiled while it runs, is given up at its end, and begins anew with the next picture.
 */
export function* groupsOf({ cellCount, groupCells, groupTiles }: BandTiles): Generator<CellGroup> {
  for (let first = 0, firstTile = 0; first < cellCount; first += groupCells, firstTile += groupTiles) {
    yield { first, end: Math.min(cellCount, first + groupCells), firstTile };
  }
}

/** The cells of a band in two dumps. */
export interface CellPair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** A colour for each tile's value. */
export function tileColours(
  { groupTiles }: BandTiles,
  values: Float32Array | Float64Array,
  colourOf: (value: number) => Colour,
): CellColours {
  const colours = new Int32Array(values.length);
  for (let tile = 0; tile < values.length; tile += groupTiles) {
    colourTiles(colours, values, colourOf, { from: tile, to: tile + groupTiles });
  }
  return colours;
}

function colourTiles(
  colours: CellColours,
  values: Float32Array | Float64Array,
  colourOf: (value: number) => Colour,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let tile = from; tile < to; tile++) {
    // Areas are of one value more often than not.
    const isAsBefore = tile > from && values[tile] === values[tile - 1];
    colours[tile] = isAsBefore ? colours[tile - 1]! : packColour(colourOf(values[tile]!));
  }
}

/** Instead of a colour: that of the tile. */
export const ofTile = -2;

/** Gives each cell the colour of its tile, or another one where only one of the dumps holds it; nothing where none does. */
export function coloursByTile(
  { groupCells, groupTiles, tileOf }: BandTiles,
  colourOfTile: Int32Array,
  { before, after }: CellPair,
  { came, went }: { readonly came: number; readonly went: number },
): CellFiller {
  return (colours, first) => {
    const group = Math.floor(first / groupCells);
    const firstTile = group * groupTiles;
    const firstInGroup = first - group * groupCells;
    if (isHeld(before, first, colours.length) && isHeld(after, first, colours.length)) {
      for (let cell = 0; cell < colours.length; cell++) {
        colours[cell] = colourOfTile[firstTile + tileOf[firstInGroup + cell]!]!;
      }
      return;
    }
    for (let cell = 0; cell < colours.length; cell++) {
      const at = first + cell;
      let colour = ofTile;
      if (before[at] === cellAbsent) colour = after[at] === cellAbsent ? nothing : came;
      else if (after[at] === cellAbsent) colour = went;
      colours[cell] = colour === ofTile ? colourOfTile[firstTile + tileOf[firstInGroup + cell]!]! : colour;
    }
  };
}

/** Whether a dump holds all of so many cells: to ask that of all at once is far quicker than of each. */
function isHeld(codes: Uint8Array, first: number, count: number): boolean {
  return !codes.subarray(first, first + count).includes(cellAbsent);
}

/** Bytes that a tile stands for. */
export function tileBytes(layout: Layout): number {
  const { across, down } = tileShape(layout);
  return across * down * layout.bytesPerCell;
}
