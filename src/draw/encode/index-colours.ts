import { type Colour, type PixelImage, unpackColour } from '../pixel-image.ts';

const mostColours = 256;
/** Slots of the table: a power of two, so many that few colours meet. */
const slotBits = 12;
const lastSlot = (1 << slotBits) - 1;

/** The colours met so far. */
interface ColourTable {
  readonly palette: Colour[];
  /** By slot: packed, which is never negative, or -1; and the index. */
  readonly colours: Int32Array;
  readonly indexes: Uint8Array;
}

/**
 * Writes the index of each pixel's colour into `data`. Returns the palette, in the order in which colours first appear;
 * undefined where there are more than a byte can tell apart.
 */
export function indexColours({ pixels, width }: PixelImage, data: Uint8Array): readonly Colour[] | undefined {
  const colours = new Int32Array(lastSlot + 1).fill(-1);
  const table = { palette: [], colours, indexes: new Uint8Array(lastSlot + 1) };
  for (let start = 0; start < pixels.length; start += width) {
    // Where cells are several pixels high, most rows are those above.
    if (start > 0 && isRowAbove(pixels, start, width)) data.copyWithin(start, start - width, start);
    else if (!indexRow(pixels, data, start, start + width, table)) return undefined;
  }
  return table.palette;
}

function isRowAbove(pixels: Int32Array, start: number, width: number): boolean {
  for (let at = start; at < start + width; at++) if (pixels[at] !== pixels[at - width]) return false;
  return true;
}

/** False where a colour finds no index. */
function indexRow(
  pixels: Int32Array,
  data: Uint8Array,
  start: number,
  end: number,
  { palette, colours, indexes }: ColourTable,
): boolean {
  let lastColour = -1;
  let index = 0;
  for (let at = start; at < end; at++) {
    const colour = pixels[at]!;
    if (colour !== lastColour) {
      let slot = Math.imul(colour, 0x9e3779b1) >>> (32 - slotBits);
      while (colours[slot] !== colour && colours[slot] !== -1) slot = (slot + 1) & lastSlot;
      if (colours[slot] === -1) {
        if (palette.length === mostColours) return false;
        colours[slot] = colour;
        indexes[slot] = palette.length;
        palette.push(unpackColour(colour));
      }
      index = indexes[slot]!;
      lastColour = colour;
    }
    data[at] = index;
  }
  return true;
}
