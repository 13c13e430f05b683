import { createGunzip, createInflateRaw } from 'node:zlib';
import { unpackByStream } from './zlib-stream.ts';

/** A piece unpacks to a thousand times its size at most, which is held until it is taken. */
const largestPiece = 1 << 14;

/** After an error node:zlib keeps back what did not fill a chunk, so chunks are small. */
const chunkSize = 1 << 15;

/** RFC 1952, several members too. Zeros at the end are ignored. */
export function unpackGzip(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return unpackByStream(createGunzip({ chunkSize }), smaller(packed), failureText);
}

/** RFC 1951: what is inside of gzip and zip, without header and checksum. */
export function unpackDeflate(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return unpackByStream(createInflateRaw({ chunkSize }), smaller(packed), failureText);
}

function* smaller(packed: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of packed) {
    for (let at = 0; at < piece.length; at += largestPiece) yield piece.subarray(at, at + largestPiece);
  }
}

function failureText(failure: Error): string {
  return (failure as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'it ends too early' : 'it is damaged';
}
