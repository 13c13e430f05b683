// The very bytes of Dump2Picture 2.2.3, for pictures that have to be compared with older ones.
import type { ByteSource } from '../bytes/byte-source.ts';
import { readPieces } from '../bytes/packed-input.ts';
import { bareBmpHeader, type PixelDepth } from '../draw/encode/bmp-header.ts';

const pieceBytes = 1 << 20;

/** Pixels along each side: a square that the file fills, rounded down to even, at 8 bits to a multiple of 8 across. */
export function dump2pictureSize(fileBytes: number, depth: PixelDepth): { width: number; height: number } {
  const side = Math.floor(Math.sqrt(Math.floor(fileBytes / (depth / 8))));
  const even = side - (side % 2);
  return { width: depth === 8 ? even - (even % 8) : even, height: even };
}

/**
 * Header and file, byte for byte: sizes 0, height negative, rows without padding, and behind the last row what of the
 * file does not fit. Viewers show it skewed at 24 bits where a row is no multiple of 4 bytes; so did the original.
 */
export function* dump2picture(source: ByteSource, depth: PixelDepth): Generator<Uint8Array> {
  const shape = { ...dump2pictureSize(source.size, depth), depth };
  yield bareBmpHeader(shape, { fileBytes: 0, pixelBytes: 0, pixelsPerMetre: 0 });
  yield* readPieces(source, { start: 0, size: source.size }, pieceBytes);
}
