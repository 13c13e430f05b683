import type { Colour, PixelImage } from '../pixel-image.ts';

/** An image of few colours, one byte a pixel. */
export interface IndexedImage {
  /** In the order in which they first appear. */
  readonly palette: readonly Colour[];
  readonly data: Uint8Array;
}

const mostColours = 256;
/** Slots of the table: a power of two, so that few of so many colours meet. */
const slotCount = 4096;

/** Undefined where there are more colours than a byte can tell apart. */
export function indexColours({ data }: PixelImage): IndexedImage | undefined {
  const indexes = new Uint8Array(data.length / 3);
  const colours: number[] = [];
  const slots = new Int32Array(slotCount).fill(-1);
  let lastColour = -1;
  let index = 0;
  for (let pixel = 0, at = 0; pixel < indexes.length; pixel++, at += 3) {
    const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    if (colour !== lastColour) {
      let slot = (Math.imul(colour, 0x9e3779b1) >>> 20) % slotCount;
      while (slots[slot] !== -1 && colours[slots[slot]!] !== colour) slot = (slot + 1) % slotCount;
      if (slots[slot] === -1) {
        if (colours.length === mostColours) return undefined;
        slots[slot] = colours.length;
        colours.push(colour);
      }
      index = slots[slot]!;
      lastColour = colour;
    }
    indexes[pixel] = index;
  }
  return { palette: colours.map((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]), data: indexes };
}
