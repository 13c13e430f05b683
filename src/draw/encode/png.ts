import { PNG } from 'pngjs';
import type { ImageEncoder, PixelRows } from './image-encoder.ts';

const rgb = 2;

/**
 * Pinned, so that the same picture gives the same file. Flat colours and repeating rows compress best unfiltered with
 * zlib's default strategy (0); the library's own choice is for photographs.
 */
const settings = {
  colorType: rgb,
  inputColorType: rgb,
  inputHasAlpha: false,
  bitDepth: 8,
  filterType: 0,
  deflateLevel: 6,
  deflateStrategy: 0,
} as const;

function* encode(image: PixelRows): Generator<Uint8Array> {
  const data = Buffer.allocUnsafe(image.width * image.height * 3);
  let filled = 0;
  for (const rows of image.rows()) {
    data.set(rows, filled);
    filled += rows.length;
  }
  const png = new PNG({ width: image.width, height: image.height, ...settings });
  png.data = data;
  yield PNG.sync.write(png, settings);
}

/** PNG, 8 bits per channel. Holds the whole image: pngjs compresses in one go. */
export const png = { id: 'png', mediaType: 'image/png', encode } as const satisfies ImageEncoder;
