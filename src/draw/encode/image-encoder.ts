import type { Colour, PixelImage } from '../pixel-image.ts';
import { indexColours } from './index-colours.ts';
import { newSpareRoom } from './spare-room.ts';

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

/** Rows that are in memory. */
export interface ImageRows extends PixelRows {
  /** Gives their room to those of a later image; may be called when they are no longer needed. */
  readonly release: () => void;
}

const rowRoom = newSpareRoom();

/** Rows of an image that is in memory; with a palette where its colours are few. The image itself is not needed any more. */
export function rowsOf(image: PixelImage): ImageRows {
  const { width, height, pixels } = image;
  let data = rowRoom.take(pixels.length);
  const palette = indexColours(image, data);
  if (!palette) {
    rowRoom.release(data);
    data = rowRoom.take(pixels.length * 3);
    for (let start = 0; start < pixels.length; start += width)
      writeRow(pixels.subarray(start, start + width), data, start * 3);
  }
  const rowBytes = palette ? width : width * 3;
  const step = rowsPerChunk(rowBytes);
  return {
    width,
    height,
    palette,
    rows: function* () {
      for (let row = 0; row < height; row += step) {
        yield data.subarray(row * rowBytes, Math.min(height, row + step) * rowBytes);
      }
    },
    release: () => rowRoom.release(data),
  };
}

/** Three bytes of each packed colour: red, green, blue. */
function writeRow(colours: Int32Array, data: Uint8Array, start: number): void {
  for (let pixel = 0, at = start; pixel < colours.length; pixel++, at += 3) {
    const colour = colours[pixel]!;
    data[at] = colour >> 16;
    data[at + 1] = colour >> 8;
    data[at + 2] = colour;
  }
}
