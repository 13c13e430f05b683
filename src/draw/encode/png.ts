import { constants, deflateRawSync } from 'node:zlib';
import type { ImageEncoder, PixelRows } from './image-encoder.ts';
import { adler32, pngChunk } from './png-chunks.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** zlib: deflate, a window of 32 KB, the usual level. */
const zlibHeader = Uint8Array.of(0x78, 0x9c);
/** An empty last block: the end of all pieces, each of which left the stream open. */
const lastBlock = Uint8Array.of(0x03, 0x00);

/**
 * Pinned, so that the same picture gives the same file. Flat colours and repeating rows compress best unfiltered; each
 * piece ends on a whole byte, so that pieces compressed on their own follow each other as one stream.
 */
const settings = { level: 6, strategy: constants.Z_DEFAULT_STRATEGY, finishFlush: constants.Z_SYNC_FLUSH };
const pieceBytes = 4 << 20;

/** 8 bits each: red, green, blue, and opacity where there are four. */
type Channels = 3 | 4;

function header({ width, height }: PixelRows, channels: Channels): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // 8 bits per channel, colour with or without alpha, deflate, no filters beyond the five, not interlaced.
  data.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  return pngChunk('IHDR', data);
}

/** Whole rows, each behind the byte that names its filter: none. */
function filterRows(rows: Uint8Array, rowBytes: number): Uint8Array {
  const count = rows.length / rowBytes;
  const filtered = new Uint8Array(rows.length + count);
  for (let row = 0; row < count; row++) {
    filtered.set(rows.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  }
  return filtered;
}

/** The same bytes in pieces of a size at which compressing them on their own costs nothing. */
function* inPieces(image: PixelRows, channels: Channels): Generator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for (const rows of image.rows()) {
    pending.push(filterRows(rows, image.width * channels));
    size += pending.at(-1)!.length;
    if (size < pieceBytes) continue;
    yield joined(pending, size);
    pending = [];
    size = 0;
  }
  if (size > 0) yield joined(pending, size);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Rows of 3 bytes a pixel, or of 4: the last one is opacity, 255 for opaque. Streams. */
export function* encodePng(image: PixelRows, channels: Channels): Generator<Uint8Array> {
  yield signature;
  yield header(image, channels);
  let sum = 1;
  let isFirst = true;
  for (const piece of inPieces(image, channels)) {
    sum = adler32(sum, piece);
    const packed = deflateRawSync(piece, settings);
    yield pngChunk('IDAT', isFirst ? joined([zlibHeader, packed], packed.length + 2) : packed);
    isFirst = false;
  }
  const end = new Uint8Array(6);
  end.set(lastBlock);
  new DataView(end.buffer).setUint32(2, sum);
  yield pngChunk('IDAT', isFirst ? joined([zlibHeader, end], end.length + 2) : end);
  yield pngChunk('IEND', new Uint8Array());
}

/** PNG, 8 bits per channel. Streams: holds a few megabytes of rows at a time. */
export const png = {
  id: 'png',
  mediaType: 'image/png',
  encode: (image: PixelRows) => encodePng(image, 3),
} as const satisfies ImageEncoder;
