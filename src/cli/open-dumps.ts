// Opens the dumps of a command line, with the times they were taken at.
import { statSync } from 'node:fs';
import { openSource } from '../bytes/decompress.ts';
import { LeakvizError } from '../errors.ts';
import { openDump } from '../formats/index.ts';
import { openMemory } from '../memory/dump-memory.ts';
import type { OpenedDump } from '../memory/opened-dump.ts';
import type { Address } from '../model/address.ts';
import type { TimeSource } from '../model/leak-report.ts';

export interface OpenDumpsOptions {
  readonly base: Address | undefined;
  readonly tempDir: string | undefined;
  /** One per dump; overrides what dumps and files say. */
  readonly times: readonly Date[] | undefined;
  /** Milliseconds between neighbouring dumps; overrides likewise. */
  readonly interval: number | undefined;
  readonly signal: AbortSignal;
  readonly onUnpack: (path: string, doneBytes: number, totalBytes: number) => void;
}

/** Opens all, or closes what was opened and throws. */
export async function openDumps(paths: readonly string[], options: OpenDumpsOptions): Promise<OpenedDump[]> {
  const opened: OpenedDump[] = [];
  try {
    for (const [index, path] of paths.entries()) opened.push(await openOne(path, index, options));
    checkComparable(opened);
    return opened;
  } catch (error) {
    for (const dump of opened) dump.close();
    throw error;
  }
}

async function openOne(path: string, index: number, options: OpenDumpsOptions): Promise<OpenedDump> {
  const source = await openSource(path, {
    ...(options.tempDir === undefined ? {} : { tempDir: options.tempDir }),
    signal: options.signal,
    onProgress: ({ packedBytes, packedSize }) => options.onUnpack(path, packedBytes, packedSize),
  });
  try {
    const dump = openDump(source, options.base === undefined ? {} : { base: options.base });
    return {
      path,
      fileBytes: source.fileBytes,
      memory: openMemory(dump, source),
      ...timeOf(dump.capturedAt, statSync(path).mtime, index, options),
      warnings: source.warnings,
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw inFile(error, path);
  }
}

/** Parsers know offsets; only here is it known which file they are in. */
function inFile(error: unknown, path: string): unknown {
  if (!(error instanceof LeakvizError) || error.message.includes(path)) return error;
  const hint = error.hint ?? 'The file may be damaged or cut off; take the dump again, or compare the others.';
  return new LeakvizError(error.code, `${path}: ${error.message}`, { hint, cause: error });
}

function timeOf(
  dumpTime: Date | null,
  fileTime: Date,
  index: number,
  options: OpenDumpsOptions,
): { capturedAt: Date | null; timeSource: TimeSource | null } {
  if (options.times) return { capturedAt: options.times[index]!, timeSource: 'argument' };
  if (options.interval !== undefined) {
    return { capturedAt: new Date(index * options.interval), timeSource: 'argument' };
  }
  return dumpTime ? { capturedAt: dumpTime, timeSource: 'dump' } : { capturedAt: fileTime, timeSource: 'file' };
}

function checkComparable(dumps: readonly OpenedDump[]): void {
  const [first, ...others] = dumps;
  for (const other of others) {
    const a = first!.memory.dump;
    const b = other.memory.dump;
    const differs = a.architecture !== b.architecture || a.pointerSize !== b.pointerSize || a.littleEndian !== b.littleEndian;
    if (!differs) continue;
    const words = (one: typeof a) => `${one.architecture}, ${one.pointerSize * 8} bit`;
    throw new LeakvizError(
      'incomparable-dumps',
      `${other.path} is ${words(b)}, but ${first!.path} is ${words(a)}: dumps of different architectures cannot be compared`,
      { hint: 'Compare dumps of one process.' },
    );
  }
}
