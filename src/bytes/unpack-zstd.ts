import * as zlib from 'node:zlib';
import { DamagedDataError } from './packed-input.ts';
import { type UnpackingStream, unpackByStream } from './zlib-stream.ts';
import { damagedZstd, zstdFrames } from './zstd-frames.ts';

/** node:zlib knows zstd since Node.js 22.15. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: (options: object) => UnpackingStream };

/** RFC 8878, several frames too, with windows of up to 128 MiB (`--long=27`). */
export const unpackZstd = createZstdDecompress ? unpackZstdByNode : unpackZstdByWasm;

/** One frame after the other, for node:zlib stops after the first and says nothing of one that is cut off. */
export async function* unpackZstdByNode(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const frame of zstdFrames(packed)) {
    yield* unpackByStream(createZstdDecompress!({ chunkSize: 1 << 17 }), frame, () => damagedZstd);
  }
}

/** WebAssembly, at about half the speed. */
export async function* unpackZstdByWasm(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  // The decoder does not look at zstd's error codes: after an error it yields nothing, for ever, without moving on.
  // Every step that is none takes at least a byte of input.
  let emptySteps = 0;
  let mostEmptySteps = 0;
  function* watched(): Generator<Uint8Array> {
    for (const piece of packed) {
      emptySteps = 0;
      mostEmptySteps = piece.length;
      yield piece;
    }
  }
  const chunks = decoder.decodeStreaming(watched());
  for (;;) {
    const step = next(chunks);
    if (step.done) return;
    if (step.value.length > 0) {
      emptySteps = 0;
      yield step.value;
    } else {
      emptySteps += 1;
      if (emptySteps > mostEmptySteps) throw new DamagedDataError(damagedZstd);
    }
  }
}

function next(chunks: Generator<Uint8Array>): IteratorResult<Uint8Array, void> {
  try {
    return chunks.next();
  } catch (error) {
    const endsEarly = error instanceof Error && error.message.startsWith('Incomplete stream');
    throw endsEarly ? new DamagedDataError('it ends too early') : error;
  }
}
