import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { LeakvizError, MalformedDumpError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { type Compression, findCompression } from './compressions.ts';
import { descriptorSource, openFileSource } from './file-source.ts';
import { isFlattened, rearrange } from './flattened.ts';
import { DamagedDataError, type PackedPart, readPieces } from './packed-input.ts';
import { createSparseWriter, type SparseWriter } from './sparse-writer.ts';
import { printablePath } from './system-error.ts';
import { createTemporaryFile, unwritableTemporaryFile } from './temporary-file.ts';

/** How far unpacking is. */
interface UnpackProgress {
  readonly packedBytes: number;
  readonly packedSize: number;
  readonly unpackedBytes: number;
}

export interface OpenSourceOptions {
  /** Where packed files are unpacked; the system's directory for temporary files unless given. */
  readonly tempDir?: string;
  /** Stops unpacking; then openSource rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UnpackProgress) => void;
  /** Bytes; a file that unpacks to more is refused. */
  readonly mostUnpackedBytes?: number;
}

/** A file's bytes, unpacked if it was packed. */
export interface OpenedSource extends ByteSource {
  /** Bytes of the file itself. */
  readonly fileBytes: number;
  /** Id of the compression; null for a file that is not packed. */
  readonly compression: string | null;
  /** What was wrong with the packed data; shaped like model/dump.ts's DumpWarning. */
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly offset: number | null }[];
}

/** More than the memory of nearly all machines: a file that unpacks to more is made to fill the disk. */
const defaultMostUnpackedBytes = 2 ** 36;

/** Bytes left free on the disk that is unpacked to. */
const spareBytes = 2 ** 28;

const pieceSize = 1 << 18;

/** Unpacked bytes between two looks at the signal and two reports of progress. */
const stepSize = 1 << 24;

/**
 * Opens a file for random access. Packed files (see compressions.ts; told by their first bytes, not by name) are
 * unpacked into a temporary file first, which is gone when the source is closed. Data that is cut off or damaged gives
 * what could be unpacked, and a warning. Throws LeakvizError: `unreadable-file`, `empty-file`, `malformed-dump`
 * (nothing could be unpacked), `unsupported-dump` (other packers; packed twice; several files; too large), `unwritable-output`.
 */
export async function openSource(path: string, options: OpenSourceOptions = {}): Promise<OpenedSource> {
  const file = openFileSource(path);
  let isKept = false;
  try {
    const compression = compressionOf(file);
    if (compression !== undefined) return arrange(await unpackFile(file, compression, path, options));
    const opened = arrange({ ...file, fileBytes: file.size, compression: null, warnings: [] });
    isKept = true;
    return opened;
  } finally {
    if (!isKept) file.close();
  }
}

async function unpackFile(
  file: ByteSource,
  compression: Compression,
  path: string,
  options: OpenSourceOptions,
): Promise<OpenedSource> {
  const shown = printablePath(path);
  const findPart = await compression.load?.();
  if (findPart === undefined) {
    throw new LeakvizError(
      'unsupported-dump',
      `${shown} is packed with ${compression.id}, which leakviz cannot unpack`,
      {
        hint: 'Unpack it and name the dump inside.',
      },
    );
  }
  const part = inFile(shown, () => findPart(file, shown));
  const directory = options.tempDir ?? tmpdir();
  const temporary = createTemporaryFile(directory);
  const writer = createSparseWriter(temporary.descriptor);
  try {
    const damage = await unpackInto(writer, file, part, { ...options, directory, shown });
    if (writer.size() === 0) {
      const why = damage ?? 'there is nothing in it';
      throw new LeakvizError(
        'malformed-dump',
        `${shown} holds ${compression.id} data that cannot be unpacked: ${why}`,
        {
          hint: 'Try to unpack it yourself; if that fails too, copy it again from where it was made.',
        },
      );
    }
    finish(writer, directory);
    const source = descriptorSource(temporary.descriptor, writer.size(), path);
    refuseNested(source, compression, shown);
    return {
      ...source,
      close: () => temporary.discard(),
      fileBytes: file.size,
      compression: compression.id,
      warnings: damage === undefined ? [] : [damageWarning(compression.id, damage, writer.size())],
    };
  } catch (error) {
    temporary.discard();
    throw error;
  }
}

function inFile<T>(shown: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedDumpError)) throw error;
    throw new LeakvizError('malformed-dump', `${shown}: ${error.message}`, {
      hint: 'It is damaged or cut off: copy it again from where it was made.',
      cause: error,
    });
  }
}

/** One wrapping is unpacked, not two: nobody packs a dump twice on purpose, and an attacker might a hundred times. */
function refuseNested(source: ByteSource, { id }: Compression, shown: string): void {
  const inner = compressionOf(source)?.id;
  if (inner === undefined) return;
  throw new LeakvizError('unsupported-dump', `${shown} is packed twice: what ${id} unpacks to is ${inner} again`, {
    hint: 'Unpack it once and name the result.',
  });
}

/** Makes a file of pieces that belong elsewhere one file again. */
function arrange(opened: OpenedSource): OpenedSource {
  const head = new Uint8Array(16);
  if (!isFlattened(head.subarray(0, opened.read(0, head)))) return opened;
  const { source, damage } = rearrange(opened);
  const warnings = damage === undefined ? [] : [{ code: 'damaged-flattened', message: damage, offset: null }];
  return { ...opened, ...source, warnings: [...opened.warnings, ...warnings] };
}

function compressionOf(source: ByteSource): Compression | undefined {
  const head = new Uint8Array(16);
  return findCompression(head.subarray(0, source.read(0, head)));
}

function damageWarning(id: string, damage: string, unpackedBytes: number) {
  const message = `the ${id} data cannot be unpacked to its end: ${damage}; the first ${unpackedBytes} bytes are used`;
  return { code: 'damaged-compression', message, offset: unpackedBytes };
}

interface UnpackContext extends OpenSourceOptions {
  readonly directory: string;
  readonly shown: string;
}

/** Returns what is wrong with the packed data, if anything. */
async function unpackInto(
  writer: SparseWriter,
  file: ByteSource,
  part: PackedPart,
  context: UnpackContext,
): Promise<string | undefined> {
  const mostBytes = context.mostUnpackedBytes ?? defaultMostUnpackedBytes;
  const mostWritten = freeBytes(context.directory) - spareBytes;
  const { unpackedSize = 0 } = part;
  if (unpackedSize > mostBytes) throw tooLarge(context.shown, mostBytes);
  let packedBytes = 0;
  let nextStep = 0;
  const pieces = readPieces(file, part, pieceSize, (offset) => {
    packedBytes = offset;
  });
  try {
    for await (const chunk of part.unpack(pieces)) {
      if (writer.size() + chunk.length > mostBytes) throw tooLarge(context.shown, mostBytes);
      write(writer, chunk, context.directory);
      if (writer.writtenBytes() > mostWritten) throw unwritableTemporaryFile(context.directory, { code: 'ENOSPC' });
      if (writer.size() < nextStep) continue;
      nextStep = writer.size() + stepSize;
      context.onProgress?.({ packedBytes, packedSize: file.size, unpackedBytes: writer.size() });
      // Unpacking is synchronous for the most part: without this no signal would ever arrive.
      await setImmediate();
      context.signal?.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof DamagedDataError) return error.message;
    throw error;
  }
  context.onProgress?.({ packedBytes: file.size, packedSize: file.size, unpackedBytes: writer.size() });
  return part.damage ?? (writer.size() < unpackedSize ? 'it ends too early' : undefined);
}

function tooLarge(shown: string, mostBytes: number): LeakvizError {
  return new LeakvizError('unsupported-dump', `${shown} unpacks to more than ${mostBytes} bytes`, {
    hint: 'If it really is that large, unpack it yourself and name the unpacked file.',
  });
}

function write(writer: SparseWriter, chunk: Uint8Array, directory: string): void {
  try {
    writer.write(chunk);
  } catch (error) {
    throw unwritableTemporaryFile(directory, error);
  }
}

function finish(writer: SparseWriter, directory: string): void {
  try {
    writer.finish();
  } catch (error) {
    throw unwritableTemporaryFile(directory, error);
  }
}

/** Infinite where the system does not tell; then the disk itself says when it is full. */
function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
