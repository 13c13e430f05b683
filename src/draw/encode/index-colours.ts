import { type Colour, type PixelImage, unpackColour } from '../pixel-image.ts';

/** An image of few colours, one byte a pixel. */
export interface IndexedImage {
  /** In the order in which they first appear. */
  readonly palette: readonly Colour[];
  readonly data: Uint8Array;
}

const mostColours = 256;
/** Slots of the table: a power of two, so many that few colours meet. */
const slotBits = 12;
const lastSlot = (1 << slotBits) - 1;

/** Undefined where there are more colours than a byte can tell apart. */
export function indexColours({ pixels }: PixelImage): IndexedImage | undefined {
  const data = new Uint8Array(pixels.length);
  const palette: Colour[] = [];
  // Colours by slot, and their indexes; packed colours are never negative.
  const colours = new Int32Array(lastSlot + 1).fill(-1);
  const indexes = new Uint8Array(lastSlot + 1);
  let lastColour = -1;
  let index = 0;
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const colour = pixels[pixel]!;
    if (colour !== lastColour) {
      let slot = Math.imul(colour, 0x9e3779b1) >>> (32 - slotBits);
      while (colours[slot] !== colour && colours[slot] !== -1) slot = (slot + 1) & lastSlot;
      if (colours[slot] === -1) {
        if (palette.length === mostColours) return undefined;
        colours[slot] = colour;
        indexes[slot] = palette.length;
        palette.push(unpackColour(colour));
      }
      index = indexes[slot]!;
      lastColour = colour;
    }
    data[pixel] = index;
  }
  return { palette, data };
}
