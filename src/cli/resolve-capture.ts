// The options of capture and watch as the run wants them, from what yargs parsed.
import { findPacker, type Packer } from '../bytes/packed-sink.ts';
import type { Selection } from '../capture/select-memory.ts';
import { LeakvizError } from '../errors.ts';
import type { CaptureToFileOptions } from './capture-to-file.ts';
import type { CaptureArgs } from './commands/capture-options.ts';

/** Throws LeakvizError with what was expected. */
export function resolveCapture(args: CaptureArgs): Pick<CaptureToFileOptions, 'selection' | 'pauses' | 'packer'> {
  return { selection: selectionOf(args), pauses: !args['no-pause'], packer: packerOf(args) };
}

/** Throws LeakvizError with what was expected. */
export function parseProcessId(command: string, text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || id < 1 || id >= 2 ** 31) {
    throw new LeakvizError('usage', `${command}: expected the id of a process, found '${text}'`, {
      hint: 'pidof PROGRAM or ps tells it.',
    });
  }
  return id;
}

function selectionOf({ all, 'heap-only': heapOnly }: CaptureArgs): Selection {
  if (all && heapOnly) {
    throw new LeakvizError('usage', '--all and --heap-only contradict each other', { hint: 'Give one of them.' });
  }
  if (all) return 'all';
  return heapOnly ? 'heap' : 'written';
}

function packerOf({ zstd, gzip }: CaptureArgs): Packer | undefined {
  if (zstd && gzip) {
    throw new LeakvizError('usage', '--zstd and --gzip both say how to pack', { hint: 'Give one of them.' });
  }
  if (!zstd && !gzip) return undefined;
  const packer = findPacker(zstd ? 'zstd' : 'gzip');
  if (packer !== undefined) return packer;
  throw new LeakvizError('usage', `--zstd: this Node.js (${process.version}) cannot pack zstd, 22.15 and later can`, {
    hint: 'Give --gzip, or neither and pack the dump with the program zstd.',
  });
}
