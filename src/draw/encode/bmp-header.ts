import { LeakvizError } from '../../errors.ts';
import type { Colour } from '../pixel-image.ts';

/** Bits of a pixel in a BMP without compression: grey palette, X1R5G5B5, 8 bits per channel, the same and 8 unused. */
export const pixelDepths = [8, 16, 24, 32] as const;
export type PixelDepth = (typeof pixelDepths)[number];

const fileHeaderBytes = 14;
const infoHeaderBytes = 40;
const paletteEntries = 256;
/** 72 dots per inch, the usual value. */
const pixelsPerMetre = 2835;
const largestFile = 0xffff_ffff;
const largestSide = 0x7fff_ffff;

export interface BmpShape {
  readonly width: number;
  readonly height: number;
  readonly depth: PixelDepth;
  /** At 8 bits; grey unless given. */
  readonly palette?: readonly Colour[] | undefined;
}

/** Bytes of a row of pixels as BMP wants them: filled up to a multiple of 4. */
export function paddedRowBytes(width: number, depth: PixelDepth): number {
  return Math.ceil((width * depth) / 32) * 4;
}

/** Whole rows, each filled up. */
export function padRows(rows: Uint8Array, rowBytes: number, paddedBytes: number): Uint8Array {
  if (rowBytes === paddedBytes) return rows;
  const count = rows.length / rowBytes;
  const padded = new Uint8Array(count * paddedBytes);
  for (let row = 0; row < count; row++) {
    padded.set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), row * paddedBytes);
  }
  return padded;
}

/** Offset of the first pixel in the file: behind both headers, and the palette that 8 bits need. */
export function pixelsOffset(depth: PixelDepth): number {
  return fileHeaderBytes + infoHeaderBytes + (depth === 8 ? paletteEntries * 4 : 0);
}

/** BITMAPFILEHEADER and BITMAPINFOHEADER with every field 0 that `fields` does not set; a palette at 8 bits. */
export function bareBmpHeader(
  shape: BmpShape,
  fields: { readonly fileBytes: number; readonly pixelBytes: number; readonly pixelsPerMetre: number },
): Uint8Array {
  const header = new Uint8Array(pixelsOffset(shape.depth));
  const view = new DataView(header.buffer);
  header.set([0x42, 0x4d]);
  view.setUint32(2, fields.fileBytes, true);
  view.setUint32(10, header.length, true);
  view.setUint32(14, infoHeaderBytes, true);
  view.setInt32(18, shape.width, true);
  // A negative height means that rows come from the top: the order in which they are made, so nothing has to be kept.
  view.setInt32(22, -shape.height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, shape.depth, true);
  view.setUint32(34, fields.pixelBytes, true);
  view.setInt32(38, fields.pixelsPerMetre, true);
  view.setInt32(42, fields.pixelsPerMetre, true);
  for (let at = fileHeaderBytes + infoHeaderBytes, index = 0; at < header.length; at += 4, index++) {
    const [red, green, blue] = shape.palette ? (shape.palette[index] ?? [0, 0, 0]) : [index, index, index];
    header.set([blue, green, red], at);
  }
  return header;
}

/** The header of a valid BMP. Throws LeakvizError above the 4 GB that its fields can say. */
export function bmpHeader(shape: BmpShape): Uint8Array {
  const pixelBytes = paddedRowBytes(shape.width, shape.depth) * shape.height;
  const fileBytes = pixelsOffset(shape.depth) + pixelBytes;
  if (fileBytes > largestFile || shape.width > largestSide || shape.height > largestSide) {
    throw new LeakvizError('usage', `a BMP file holds at most 4 GB, this picture would take ${fileBytes} bytes`, {
      hint: 'Choose a smaller range, more bytes per pixel where the command has that, or PNG.',
    });
  }
  return bareBmpHeader(shape, { fileBytes, pixelBytes, pixelsPerMetre });
}
