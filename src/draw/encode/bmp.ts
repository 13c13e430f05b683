import { LeakvizError } from '../../errors.ts';
import type { ImageEncoder, PixelRows } from './image-encoder.ts';

const fileHeaderBytes = 14;
const infoHeaderBytes = 40;
const pixelsAt = fileHeaderBytes + infoHeaderBytes;
/** 72 dots per inch, the usual value. */
const pixelsPerMetre = 2835;
const largestFile = 0xffff_ffff;

/** BITMAPFILEHEADER and BITMAPINFOHEADER of a 24-bit image without compression. */
function bmpHeader(width: number, height: number, pixelBytes: number): Uint8Array {
  const header = new Uint8Array(pixelsAt);
  const view = new DataView(header.buffer);
  header.set([0x42, 0x4d]);
  view.setUint32(2, pixelsAt + pixelBytes, true);
  view.setUint32(10, pixelsAt, true);
  view.setUint32(14, infoHeaderBytes, true);
  view.setInt32(18, width, true);
  // A negative height means that rows come from the top: the order in which they are made, so nothing has to be kept.
  view.setInt32(22, -height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, pixelBytes, true);
  view.setInt32(38, pixelsPerMetre, true);
  view.setInt32(42, pixelsPerMetre, true);
  return header;
}

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
  const paddedBytes = Math.ceil((image.width * 3) / 4) * 4;
  const pixelBytes = paddedBytes * image.height;
  if (pixelsAt + pixelBytes > largestFile) {
    throw new LeakvizError('usage', `a BMP file holds at most 4 GB, this picture would take ${pixelBytes} bytes`, {
      hint: 'choose more bytes per pixel, a smaller range, or PNG',
    });
  }
  yield bmpHeader(image.width, image.height, pixelBytes);
  for (const rows of image.rows()) yield packRows(rows, image.width, paddedBytes);
}

/** 24-bit BMP, rows from the top. Streams: holds a few rows at a time. */
export const bmp = { id: 'bmp', mediaType: 'image/bmp', encode } as const satisfies ImageEncoder;
