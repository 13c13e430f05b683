// Pixels that are bytes of memory as they stand, at any of BMP's depths.
import type { Colour } from '../pixel-image.ts';
import { type BmpShape, bmpHeader, type PixelDepth, paddedRowBytes, padRows } from './bmp-header.ts';
import type { PixelRows } from './image-encoder.ts';

/** An image whose pixels are raw bytes. */
export interface RawRows extends BmpShape {
  /** All rows from the top without padding, each chunk one or more whole rows; the bytes in BMP's order. */
  readonly rows: () => Iterable<Uint8Array>;
}

/**
 * A BMP of the image's own depth whose pixels are the bytes unchanged, but for the fourth one at 32 bits: it shows
 * nothing by the format, yet some viewers take it for opacity unless it is 0 everywhere. Streams: holds a few rows.
 */
export function* encodeRawBmp(image: RawRows): Generator<Uint8Array> {
  yield bmpHeader(image);
  if (image.depth === 32) {
    for (const rows of image.rows()) yield withoutFourth(rows);
    return;
  }
  const rowBytes = (image.width * image.depth) / 8;
  const paddedBytes = paddedRowBytes(image.width, image.depth);
  for (const rows of image.rows()) yield padRows(rows, rowBytes, paddedBytes);
}

function withoutFourth(rows: Uint8Array): Uint8Array {
  const bytes = rows.slice();
  for (let at = 3; at < bytes.length; at += 4) bytes[at] = 0;
  return bytes;
}

const greys = Array.from({ length: 256 }, (_, grey): Colour => [grey, grey, grey]);

/** The same image as every viewer shows its BMP: in greys, or in red, green, blue. */
export function rgbOfRaw(image: RawRows): PixelRows {
  const { width, height, depth } = image;
  if (depth === 8) return { width, height, palette: greys, rows: image.rows };
  return {
    width,
    height,
    rows: function* () {
      for (const rows of image.rows()) yield rgbOfPixels(rows, depth);
    },
  };
}

/** Pixels of a depth, 3 bytes each (red, green, blue). What is left behind the last whole pixel is dropped. */
export function rgbOfPixels(bytes: Uint8Array, depth: PixelDepth): Uint8Array {
  const step = depth / 8;
  const count = Math.floor(bytes.length / step);
  const rgb = new Uint8Array(count * 3);
  for (let from = 0, to = 0; to < rgb.length; from += step, to += 3) {
    if (depth === 8) rgb.fill(bytes[from]!, to, to + 3);
    else if (depth === 16) {
      const value = bytes[from]! | (bytes[from + 1]! << 8);
      rgb[to] = fiveToEight((value >> 10) & 31);
      rgb[to + 1] = fiveToEight((value >> 5) & 31);
      rgb[to + 2] = fiveToEight(value & 31);
    } else {
      rgb[to] = bytes[from + 2]!;
      rgb[to + 1] = bytes[from + 1]!;
      rgb[to + 2] = bytes[from]!;
    }
  }
  return rgb;
}

/** 0 to 31 onto 0 to 255, both ends exact. */
function fiveToEight(value: number): number {
  return Math.round((value * 255) / 31);
}
