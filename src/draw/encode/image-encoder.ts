import type { Colour, PixelImage } from '../pixel-image.ts';
import { indexColours, releaseIndexes } from './index-colours.ts';

/** An image row by row, for those too large to be held in memory. */
export interface PixelRows {
  readonly width: number;
  readonly height: number;
  /** At most 256 colours: then a pixel is one byte, the index of its colour. */
  readonly palette?: readonly Colour[] | undefined;
  /**
   * All rows from the top; each chunk is one or more whole rows, and stays as it is. Without a palette 3 bytes a pixel:
   * red, green, blue.
   */
  readonly rows: () => Iterable<Uint8Array>;
}

/** A file format of images. To add one: a file here, and a line in index.ts. */
export interface ImageEncoder {
  /** Also the file name's extension. */
  readonly id: string;
  readonly mediaType: string;
  /** The file, in order, in pieces to be written one after the other. The same image always gives the same bytes. */
  encode(image: PixelRows): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** The whole file, for images that are in memory. */
export async function encodeWhole(encoder: ImageEncoder, image: PixelRows): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encoder.encode(image)) pieces.push(piece);
  return pieces;
}

/** About this many bytes go out at a time. */
const chunkBytes = 1 << 20;

/** How many rows make a chunk of handy size. */
function rowsPerChunk(rowBytes: number): number {
  return Math.max(1, Math.floor(chunkBytes / Math.max(1, rowBytes)));
}

/** Rows whose room can be used again. */
export interface ImageRows extends PixelRows {
  /** To be called when they are no longer needed, if at all. */
  readonly release: () => void;
}

/** Rows of an image that is in memory; with a palette where its colours are few. */
export function rowsOf(image: PixelImage): ImageRows {
  const { width, height } = image;
  const indexed = indexColours(image);
  const step = rowsPerChunk(indexed ? width : width * 3);
  return {
    width,
    height,
    palette: indexed?.palette,
    rows: function* () {
      for (let row = 0; row < height; row += step) {
        const [first, end] = [row * width, Math.min(height, row + step) * width];
        yield indexed ? indexed.data.subarray(first, end) : rgbOfColours(image.pixels.subarray(first, end));
      }
    },
    release() {
      if (indexed) releaseIndexes(indexed);
    },
  };
}

/** Three bytes of each packed colour: red, green, blue. */
function rgbOfColours(colours: Int32Array): Uint8Array {
  const rgb = new Uint8Array(colours.length * 3);
  for (let pixel = 0, at = 0; pixel < colours.length; pixel++, at += 3) {
    const colour = colours[pixel]!;
    rgb[at] = colour >> 16;
    rgb[at + 1] = colour >> 8;
    rgb[at + 2] = colour;
  }
  return rgb;
}
