import type { PixelImage } from '../pixel-image.ts';

/** An image row by row, for those too large to be held in memory. */
export interface PixelRows {
  readonly width: number;
  readonly height: number;
  /** All rows from the top, 3 bytes a pixel (red, green, blue); each chunk is one or more whole rows. */
  readonly rows: () => Iterable<Uint8Array>;
}

/** A file format of images. To add one: a file here, and a line in index.ts. */
export interface ImageEncoder {
  /** Also the file name's extension. */
  readonly id: string;
  readonly mediaType: string;
  /** The file, in order, in pieces to be written one after the other. The same image always gives the same bytes. */
  encode(image: PixelRows): Iterable<Uint8Array>;
}

/** About this many bytes go out at a time. */
const chunkBytes = 1 << 20;

/** How many rows make a chunk of handy size. */
function rowsPerChunk(rowBytes: number): number {
  return Math.max(1, Math.floor(chunkBytes / Math.max(1, rowBytes)));
}

/** Rows of an image that is in memory. */
export function rowsOf(image: PixelImage): PixelRows {
  const rowBytes = image.width * 3;
  const step = rowsPerChunk(rowBytes);
  return {
    width: image.width,
    height: image.height,
    rows: function* () {
      for (let row = 0; row < image.height; row += step) {
        yield image.data.subarray(row * rowBytes, Math.min(image.height, row + step) * rowBytes);
      }
    },
  };
}
