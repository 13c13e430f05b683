import type { Gunzip, InflateRaw } from 'node:zlib';
import { DamagedDataError } from './packed-input.ts';

/** Streams of node:zlib that unpack. */
export type UnpackingStream = Gunzip | InflateRaw;

/**
 * What a stream makes of pieces that are handed to it one by one; all that a piece unpacks to is held until it is taken.
 * Throws DamagedDataError, behind what could be unpacked, with what `explain` says of the stream's error.
 */
export async function* unpackByStream(
  stream: UnpackingStream,
  pieces: Iterable<Uint8Array>,
  explain: (error: Error) => string,
): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  let failure: Error | undefined;
  stream.on('data', (chunk: Uint8Array) => unpacked.push(chunk));
  stream.on('error', (error) => {
    failure = error;
  });
  const takeUnpacked = () => {
    const taken = unpacked;
    unpacked = [];
    return taken;
  };
  try {
    for (const piece of pieces) {
      await settled(stream, (done) => stream.write(piece, done));
      yield* takeUnpacked();
      if (stream.destroyed || stream.readableEnded) break;
    }
    if (!stream.destroyed) await settled(stream, () => stream.end());
    yield* takeUnpacked();
  } finally {
    stream.destroy();
  }
  if (failure !== undefined) throw new DamagedDataError(explain(failure));
}

/** Resolves when `start` calls back or the stream closes: after an error it forgets to call back. */
function settled(stream: UnpackingStream, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('close', done);
      resolve();
    };
    stream.once('close', done);
    start(done);
  });
}
