import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync } from 'node:zlib';
import type { ImageEncoder, PixelRows } from './image-encoder.ts';
import { adler32, pngChunk } from './png-chunks.ts';
import { newSpareRoom } from './spare-room.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** zlib: deflate, a window of 32 KB, the usual level. */
const zlibHeader = Uint8Array.of(0x78, 0x9c);
/** An empty last block: the end of all pieces, each of which left the stream open. */
const lastBlock = Uint8Array.of(0x03, 0x00);

/**
 * Pinned, so that the same picture gives the same file. Flat colours and repeating rows compress best unfiltered; the
 * usual level halves what the quick ones give, and is no slower than drawing. Each piece ends on a whole byte, so that
 * pieces compressed on their own follow each other as one stream.
 */
const settings = { level: 6, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 };
const pieceBytes = 4 << 20;
/** Compressed at a time, each on a thread of its own. */
const mostPieces = 4;

const deflate = promisify(deflateRaw);

/** Bytes of a pixel: the index of its colour; red, green, blue; the same and opacity. */
type Channels = 1 | 3 | 4;
const colourTypes: Readonly<Record<Channels, number>> = { 1: 3, 3: 2, 4: 6 };

function header({ width, height }: PixelRows, channels: Channels): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // 8 bits per channel, deflate, no filters beyond the five, not interlaced.
  data.set([8, colourTypes[channels], 0, 0, 0], 8);
  return pngChunk('IHDR', data);
}

const pieceRoom = newSpareRoom();

/** Whole rows in pieces of a size at which compressing them on their own costs nothing. */
function* inPieces(image: PixelRows, channels: Channels): Generator<Uint8Array<ArrayBuffer>> {
  const rowBytes = image.width * channels;
  let pending: Uint8Array[] = [];
  let rowCount = 0;
  for (const rows of image.rows()) {
    pending.push(rows);
    rowCount += rows.length / rowBytes;
    if (rowCount * (rowBytes + 1) < pieceBytes) continue;
    yield filtered(pending, rowCount, rowBytes);
    pending = [];
    rowCount = 0;
  }
  if (rowCount > 0) yield filtered(pending, rowCount, rowBytes);
}

/** The rows, each behind the byte that names its filter: none. */
function filtered(parts: readonly Uint8Array[], rowCount: number, rowBytes: number): Uint8Array<ArrayBuffer> {
  const piece = pieceRoom.take(rowCount * (rowBytes + 1));
  let at = 0;
  for (const rows of parts) {
    for (let from = 0; from < rows.length; from += rowBytes, at += rowBytes + 1) {
      piece[at] = 0;
      piece.set(rows.subarray(from, from + rowBytes), at + 1);
    }
  }
  return piece;
}

/** The file in order; `pack` makes an IDAT chunk of a piece, at once or later. */
function* partsOf<Packed>(
  image: PixelRows,
  channels: Channels,
  pack: (piece: Uint8Array<ArrayBuffer>) => Packed,
): Generator<Uint8Array | Packed> {
  yield signature;
  yield header(image, channels);
  if (image.palette) yield pngChunk('PLTE', Uint8Array.from(image.palette.flat()));
  yield pngChunk('IDAT', zlibHeader);
  let sum = 1;
  for (const piece of inPieces(image, channels)) {
    sum = adler32(sum, piece);
    yield pack(piece);
  }
  const end = new Uint8Array(6);
  end.set(lastBlock);
  new DataView(end.buffer).setInt32(2, sum);
  yield pngChunk('IDAT', end);
  yield pngChunk('IEND', new Uint8Array());
}

/** Rows of 3 bytes a pixel, or of 4: the last one is opacity, 255 for opaque. Streams. */
export function encodePng(image: PixelRows, channels: 3 | 4): Generator<Uint8Array> {
  return partsOf(image, channels, (piece) => {
    const packed = pngChunk('IDAT', deflateRawSync(piece, settings));
    pieceRoom.release(piece);
    return packed;
  });
}

/** On other threads, several pieces at a time. */
async function* encode(image: PixelRows): AsyncGenerator<Uint8Array> {
  const pack = async (piece: Uint8Array<ArrayBuffer>) => {
    const packed = pngChunk('IDAT', await deflate(piece, settings));
    pieceRoom.release(piece);
    return packed;
  };
  const packing: Promise<Uint8Array>[] = [];
  try {
    for (const part of partsOf(image, image.palette ? 1 : 3, pack)) {
      const packed = Promise.resolve(part);
      // It is awaited later; a failure must not count as unheard before.
      packed.catch(() => undefined);
      packing.push(packed);
      if (packing.length === mostPieces) yield await packing.shift()!;
    }
    while (packing.length > 0) yield await packing.shift()!;
  } finally {
    // Where nobody wants the rest, what is under way is waited for.
    await Promise.allSettled(packing);
  }
}

/** PNG, 8 bits per channel. Streams: holds a few megabytes of rows at a time. */
export const png = { id: 'png', mediaType: 'image/png', encode } as const satisfies ImageEncoder;
