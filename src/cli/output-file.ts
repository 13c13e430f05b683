// One result file, written so that nothing half-written ever stands under its name.
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LeakvizError } from '../errors.ts';
import { onExit } from './clean-up.ts';
import { unwritable } from './output-folder.ts';
import { writeWhole } from './write-whole.ts';

export interface WriteFileOptions {
  readonly signal: AbortSignal;
  /** Told the bytes written so far. */
  readonly onProgress?: (bytes: number) => void;
}

const stepBytes = 16 << 20;

/**
 * Writes to a name beside `path` and renames it when complete. Rejects with the signal's reason when aborted, with
 * LeakvizError `unwritable-output` when it cannot be written; then nothing is left of it. Returns its size.
 */
export async function writeOutputFile(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: WriteFileOptions,
): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  const discard = () => rmSync(temporary, { force: true });
  const forget = onExit(discard);
  try {
    const size = await writeChunks(temporary, path, chunks, options);
    attempt(path, () => renameSync(temporary, path));
    return size;
  } catch (error) {
    discard();
    throw error;
  } finally {
    forget();
  }
}

async function writeChunks(
  temporary: string,
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { signal, onProgress }: WriteFileOptions,
): Promise<number> {
  const file = attempt(path, () => openSync(temporary, 'w'));
  let size = 0;
  let nextStep = 0;
  try {
    for await (const chunk of chunks) {
      attempt(path, () => writeWhole(file, chunk));
      size += chunk.length;
      if (size < nextStep) continue;
      nextStep = size + stepBytes;
      onProgress?.(size);
      await setImmediate();
      signal.throwIfAborted();
    }
  } finally {
    closeSync(file);
  }
  return size;
}

/** What making the chunks throws is none of the output's business; what writing them throws is. */
function attempt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof LeakvizError) throw error;
    throw unwritable(path, error, 'Give another file.');
  }
}
