import { createRequire } from 'node:module';
import { DamagedDataError } from './packed-input.ts';

/** Return codes of xz-embedded's xz_dec_run. */
const failures: Readonly<Record<string, string>> = {
  4: 'its dictionary is above 64 MiB: unpack it with xz first',
  6: 'it uses a filter or check that leakviz does not know: unpack it with xz first',
  8: 'it ends too early',
};

/** The .xz format, several streams too, with LZMA2 alone, CRC checks, and dictionaries of up to 64 MiB. */
export async function* unpackXz(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = packed[Symbol.iterator]();
  const input = new ReadableStream<Uint8Array>({
    pull(controller) {
      const step = pieces.next();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
  });
  const { XzReadableStream } = loadXzDecompress();
  const reader = new XzReadableStream(input).getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      if (value.length > 0) yield value;
    }
  } catch (error) {
    isDone = true;
    throw toDamagedDataError(error);
  } finally {
    // The package unpacks one file at a time: unless this one is given up, the next would wait for ever.
    if (!isDone) await reader.cancel();
  }
}

function toDamagedDataError(error: unknown): unknown {
  const code = error instanceof Error ? /error code (\d+)$/.exec(error.message)?.[1] : undefined;
  return code === undefined ? error : new DamagedDataError(failures[code] ?? 'it is damaged');
}

/** CommonJS in a wrapping that import() unwraps differently in Node.js, test runners and bundlers; require is the same. */
function loadXzDecompress(): typeof import('xz-decompress') {
  return createRequire(import.meta.url)('xz-decompress');
}
