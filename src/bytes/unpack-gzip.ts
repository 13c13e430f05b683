import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { DamagedDataError } from './packed-input.ts';

/** A piece unpacks to a thousand times its size at most, which is held until it is taken. */
const largestPiece = 1 << 14;

/** After an error node:zlib keeps back what did not fill a chunk, so chunks are small. */
const chunkSize = 1 << 15;

/** RFC 1952, several members too. Zeros at the end are ignored. */
export function unpackGzip(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return unpackWith(createGunzip({ chunkSize }), packed);
}

/** RFC 1951: what is inside of gzip and zip, without header and checksum. */
export function unpackDeflate(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return unpackWith(createInflateRaw({ chunkSize }), packed);
}

async function* unpackWith(unzip: Gunzip | InflateRaw, packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  let failure: Error | undefined;
  unzip.on('data', (chunk: Uint8Array) => unpacked.push(chunk));
  unzip.on('error', (error) => {
    failure = error;
  });
  const takeUnpacked = () => {
    const taken = unpacked;
    unpacked = [];
    return taken;
  };
  try {
    for (const piece of smaller(packed)) {
      await settled(unzip, (done) => unzip.write(piece, done));
      yield* takeUnpacked();
      if (unzip.destroyed || unzip.readableEnded) break;
    }
    if (!unzip.destroyed) await settled(unzip, () => unzip.end());
    yield* takeUnpacked();
  } finally {
    unzip.destroy();
  }
  if (failure !== undefined) throw new DamagedDataError(failureText(failure));
}

function* smaller(packed: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of packed) {
    for (let at = 0; at < piece.length; at += largestPiece) yield piece.subarray(at, at + largestPiece);
  }
}

/** Resolves when `start` calls back or the stream closes: after an error it forgets to call back. */
function settled(stream: Gunzip | InflateRaw, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('close', done);
      resolve();
    };
    stream.once('close', done);
    start(done);
  });
}

function failureText(failure: Error): string {
  return (failure as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'it ends too early' : 'it is damaged';
}
