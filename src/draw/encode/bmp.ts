import { bmpHeader, paddedRowBytes, padRows } from './bmp-header.ts';
import type { ImageEncoder, PixelRows } from './image-encoder.ts';

/** Whole rows of red, green, blue into rows of blue, green, red, each filled up to a multiple of 4 bytes. */
function packRows(rows: Uint8Array, width: number, paddedBytes: number): Uint8Array {
  const count = rows.length / (width * 3);
  const packed = new Uint8Array(count * paddedBytes);
  for (let row = 0; row < count; row++) {
    let from = row * width * 3;
    let to = row * paddedBytes;
    for (let x = 0; x < width; x++, from += 3, to += 3) {
      packed[to] = rows[from + 2]!;
      packed[to + 1] = rows[from + 1]!;
      packed[to + 2] = rows[from]!;
    }
  }
  return packed;
}

function* encode(image: PixelRows): Generator<Uint8Array> {
  const depth = image.palette ? 8 : 24;
  yield bmpHeader({ ...image, depth });
  const paddedBytes = paddedRowBytes(image.width, depth);
  for (const rows of image.rows()) {
    yield image.palette ? padRows(rows, image.width, paddedBytes) : packRows(rows, image.width, paddedBytes);
  }
}

/** BMP of 24 bits, or of 8 and a palette where colours are few; rows from the top. Streams: holds a few rows at a time. */
export const bmp = { id: 'bmp', mediaType: 'image/bmp', encode } as const satisfies ImageEncoder;
