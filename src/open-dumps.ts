// Opens the dumps of one process, with the times they were taken at.
import { statSync } from 'node:fs';
import { LeakvizError } from './errors.ts';
import type { OpenOptions } from './formats/dump-format.ts';
import { openDump } from './formats/index.ts';
import { openMemory } from './memory/dump-memory.ts';
import type { OpenedDump } from './memory/opened-dump.ts';
import type { Address } from './model/address.ts';
import type { CapturedRange } from './model/dump.ts';
import { createSourcePool, type SourcePool } from './open-dumps/source-pool.ts';

export interface OpenDumpsOptions {
  /** Where raw files begin. */
  readonly base?: Address | undefined;
  /** Where the ranges of raw files stand. */
  readonly ranges?: readonly CapturedRange[] | undefined;
  /** Where packed files are unpacked; the system's directory for temporary files unless given. */
  readonly tempDir?: string | undefined;
  /** One per dump; overrides what dumps and files say. */
  readonly times?: readonly Date[] | undefined;
  /** Milliseconds between neighbouring dumps; overrides all times but the first. */
  readonly interval?: number | undefined;
  readonly signal?: AbortSignal;
  /** Bytes of the packed file. */
  readonly onUnpack?: (doneBytes: number, totalBytes: number) => void;
}

/** Opens all, or closes what was opened and rejects. Dumps of different architectures are refused. */
export async function openDumps(paths: readonly string[], options: OpenDumpsOptions = {}): Promise<OpenedDump[]> {
  const { tempDir, signal, onUnpack } = options;
  const pool = createSourcePool({
    ...(tempDir === undefined ? {} : { tempDir }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: ({ packedBytes, packedSize }) => onUnpack?.(packedBytes, packedSize),
  });
  const opened: OpenedDump[] = [];
  try {
    for (const path of paths) opened.push(await openOne(path, pool, options));
    checkComparable(opened);
    return overrideTimes(opened, options);
  } catch (error) {
    for (const dump of opened) dump.close();
    throw error;
  }
}

async function openOne(path: string, pool: SourcePool, options: OpenDumpsOptions): Promise<OpenedDump> {
  const source = await pool.open(path).catch((error: unknown) => {
    throw inFile(error, path);
  });
  try {
    const dump = await openDump(source, rawOptions(options));
    return {
      path,
      fileBytes: source.fileBytes,
      memory: openMemory(dump, dump.content ?? source),
      capturedAt: dump.capturedAt ?? statSync(path).mtime,
      timeSource: dump.capturedAt ? 'dump' : 'file',
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

function overrideTimes(dumps: OpenedDump[], { times, interval }: OpenDumpsOptions): OpenedDump[] {
  if (times) return dumps.map((dump, index) => ({ ...dump, capturedAt: times[index] ?? null, timeSource: 'argument' }));
  const first = dumps[0]?.capturedAt;
  if (interval === undefined || !first) return dumps;
  return dumps.map((dump, index) => ({
    ...dump,
    capturedAt: new Date(first.getTime() + index * interval),
    timeSource: 'argument',
  }));
}

function checkComparable(dumps: readonly OpenedDump[]): void {
  const [first, ...others] = dumps;
  for (const other of others) {
    const a = first!.memory.dump;
    const b = other.memory.dump;
    if (a.addressSpace === 'physical' || b.addressSpace === 'physical') checkAddressSpaces(first!, other);
    checkSystems(first!, other);
    const differs =
      a.architecture !== b.architecture || a.pointerSize !== b.pointerSize || a.littleEndian !== b.littleEndian;
    if (!differs) continue;
    const words = (one: typeof a) =>
      `${one.architecture}, ${one.pointerSize * 8} bit${one.littleEndian ? '' : ', big-endian'}`;
    throw new LeakvizError(
      'incomparable-dumps',
      `${other.path} is ${words(b)}, but ${first!.path} is ${words(a)}: dumps of different architectures cannot be compared`,
      { hint: 'Compare dumps of one process.' },
    );
  }
}

/** A dump that does not say may be of any. */
function checkSystems(first: OpenedDump, other: OpenedDump): void {
  const [a, b] = [first, other].map(({ memory }) => memory.dump.operatingSystem);
  if (a === b || a === 'unknown' || b === 'unknown') return;
  const text = `${other.path} is of ${systemNames[b!]}, but ${first.path} is of ${systemNames[a!]}: dumps of different systems cannot be compared`;
  throw new LeakvizError('incomparable-dumps', text, { hint: 'Compare dumps of one process.' });
}

const systemNames = { windows: 'Windows', linux: 'Linux', macos: 'macOS', unknown: 'an unknown system' } as const;

function checkAddressSpaces(first: OpenedDump, other: OpenedDump): void {
  const spaces = [first, other].map(({ memory }) => memory.dump.addressSpace);
  if (spaces[0] === spaces[1]) return;
  const text = `the addresses of ${first.path} are ${spaces[0]}, those of ${other.path} ${spaces[1]}: these cannot be compared`;
  throw new LeakvizError('incomparable-dumps', text, {
    hint: 'leakviz info says of each dump what its addresses are, and why.',
  });
}

function rawOptions({ base, ranges }: OpenDumpsOptions): OpenOptions {
  return { ...(base === undefined ? {} : { base }), ...(ranges === undefined ? {} : { ranges }) };
}
