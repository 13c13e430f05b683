// Bytes as pixels: the picture that Dump2Picture made, as a file that every viewer opens.
import type { PixelDepth } from '../draw/encode/bmp-header.ts';
import type { RawRows } from '../draw/encode/raw-rows.ts';
import type { ByteStretch } from './byte-stretch.ts';

/** About this many bytes are read at a time. */
const chunkBytes = 1 << 20;
/** Where there are no bytes: lines over paper, as in leakviz's other pictures; never to be mistaken for zero. */
const paperByte = 0xf7;
const lineByte = 0xbd;
const lineSpacing = 6;

export interface RawPictureOptions {
  readonly depth: PixelDepth;
  /** Pixels in a row; undefined makes the picture about as wide as high. */
  readonly width: number | undefined;
}

/** Every byte of the stretch in order, rows from the top; the last row is filled up with hatching. */
export function rawPicture(stretch: ByteStretch, { depth, width: wanted }: RawPictureOptions): RawRows {
  const pixelBytes = depth / 8;
  const pixels = Math.max(1, Math.ceil(stretch.size / pixelBytes));
  const width = wanted ?? Math.max(1, Math.floor(Math.sqrt(pixels)));
  const height = Math.ceil(pixels / width);
  const rowBytes = width * pixelBytes;
  const step = Math.max(1, Math.floor(chunkBytes / rowBytes));
  return {
    width,
    height,
    depth,
    rows: function* () {
      for (let row = 0; row < height; row += step) {
        const bytes = new Uint8Array(Math.min(step, height - row) * rowBytes);
        const offset = row * rowBytes;
        const held = Math.min(bytes.length, stretch.size - offset);
        const place = { row, width, pixelBytes };
        stretch.read(offset, bytes.subarray(0, held), (from, to) => hatchBytes(bytes, from, to, place));
        hatchBytes(bytes, held, bytes.length, place);
        yield bytes;
      }
    },
  };
}

function hatchBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  { row, width, pixelBytes }: { readonly row: number; readonly width: number; readonly pixelBytes: number },
): void {
  for (let at = from; at < to; at++) {
    const pixel = Math.floor(at / pixelBytes);
    const y = row + Math.floor(pixel / width);
    bytes[at] = ((pixel % width) + y) % lineSpacing === 0 ? lineByte : paperByte;
  }
}
