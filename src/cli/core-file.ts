// A core on its way into a file: nobody else may read it, and it has its name only when it is complete.
import { closeSync, existsSync, linkSync, openSync, readSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Packer, packedSink } from '../bytes/packed-sink.ts';
import { createSparseWriter } from '../bytes/sparse-writer.ts';
import { createTemporaryFile } from '../bytes/temporary-file.ts';
import type { CoreSink } from '../capture/copy-memory.ts';
import { LeakvizError } from '../errors.ts';
import { onExit } from './clean-up.ts';
import { unwritable } from './output-folder.ts';
import { writeWhole } from './write-whole.ts';

export interface CoreFile extends CoreSink {
  /**
   * Packs what is left to be packed, and gives the file its name. Returns its bytes on disk, without holes. Rejects with
   * LeakvizError `unwritable-output`, or the signal's reason.
   */
  publish(signal: AbortSignal): Promise<number>;
  /** Removes what was not published. */
  discard(): void;
}

export interface CoreFileOptions {
  /** Replaces a file of that name. */
  readonly force: boolean;
  /** Undefined for a plain file, with holes where there are zeros. */
  readonly packer: Packer | undefined;
  /** Packing takes many times as long as reading: for a process that stands still, it is done afterwards. */
  readonly packsLater: boolean;
}

/** Bytes left free on the disk: a dump of a process that grows too large should not be what ends the others. */
const spareBytes = 2 ** 28;

const hint = 'Give another file or folder with -o.';

/** Fails before any work is done where the file cannot be written. Throws LeakvizError `unwritable-output`. */
export function createCoreFile(path: string, { force, packer, packsLater }: CoreFileOptions): CoreFile {
  if (!force && existsSync(path)) throw occupied(path);
  const folder = dirname(path);
  const partial = join(folder, `.${basename(path)}.${process.pid}.partial`);
  let descriptor: number;
  try {
    // The memory of a process holds its passwords and keys.
    descriptor = openSync(partial, 'wx', 0o600);
  } catch (error) {
    throw unwritable(path, error, hint);
  }
  const room = freeBytes(folder) - spareBytes;
  let stage: Stage;
  try {
    stage = packer === undefined ? plainStage(descriptor) : packedStage(descriptor, packer);
    if (packer !== undefined && packsLater) stage = spooledStage(folder, stage);
  } catch (error) {
    closeSync(descriptor);
    rmSync(partial, { force: true });
    throw error;
  }
  let isOpen = true;
  let isNamed = false;
  const close = () => {
    if (isOpen) {
      stage.close();
      closeSync(descriptor);
    }
    isOpen = false;
  };
  const discard = () => {
    close();
    if (!isNamed) rmSync(partial, { force: true });
    forget();
  };
  const forget = onExit(discard);
  const attempt = async (act: () => void | Promise<void>): Promise<void> => {
    try {
      await act();
      if (stage.written() > room) throw unwritable(path, { code: 'ENOSPC' }, hint);
    } catch (error) {
      const isSystems = (error as NodeJS.ErrnoException).syscall !== undefined;
      throw isSystems ? unwritable(path, error, hint) : error;
    }
  };
  return {
    write: (bytes) => attempt(() => stage.write(bytes)),
    skip: (count) => attempt(() => stage.skip(count)),
    async publish(signal) {
      await attempt(() => stage.end(signal));
      const size = stage.size();
      close();
      await attempt(() => giveName(partial, path, force));
      isNamed = true;
      forget();
      return size;
    },
    discard,
  };
}

/** Where the bytes go. */
interface Stage {
  write(bytes: Uint8Array): void | Promise<void>;
  skip(count: number): void | Promise<void>;
  end(signal: AbortSignal): void | Promise<void>;
  /** Bytes of the file itself, without holes. */
  size(): number;
  /** Bytes on disk, everything that was put aside included. */
  written(): number;
  /** Gives up what was put aside. */
  close(): void;
}

function plainStage(descriptor: number): Stage {
  const sparse = createSparseWriter(descriptor);
  return {
    write: (bytes) => sparse.write(bytes),
    skip: (count) => sparse.skip(count),
    end: () => sparse.finish(),
    size: () => sparse.writtenBytes(),
    written: () => sparse.writtenBytes(),
    close: () => undefined,
  };
}

function packedStage(descriptor: number, packer: Packer): Stage {
  let size = 0;
  const sink = packedSink(packer, (bytes) => {
    writeWhole(descriptor, bytes);
    size += bytes.length;
  });
  return { ...sink, size: () => size, written: () => size, close: () => undefined };
}

/** Bytes read back at a time. */
const pieceSize = 1 << 20;

/** Puts everything into a file without a name first, in the same folder, and hands it on at the end. */
function spooledStage(folder: string, next: Stage): Stage {
  const spool = createTemporaryFile(folder);
  const sparse = createSparseWriter(spool.descriptor);
  let isOpen = true;
  return {
    write: (bytes) => sparse.write(bytes),
    skip: (count) => sparse.skip(count),
    async end(signal) {
      sparse.finish();
      const piece = new Uint8Array(pieceSize);
      for (let at = 0; ; ) {
        const got = readSync(spool.descriptor, piece, 0, pieceSize, at);
        if (got === 0) break;
        await next.write(piece.subarray(0, got));
        signal.throwIfAborted();
        at += got;
      }
      await next.end(signal);
    },
    size: next.size,
    written: () => sparse.writtenBytes() + next.written(),
    close() {
      if (isOpen) spool.discard();
      isOpen = false;
    },
  };
}

/** Without force by a link, which fails where a file has come meanwhile. */
function giveName(partial: string, path: string, force: boolean): void {
  if (force) {
    renameSync(partial, path);
    return;
  }
  try {
    linkSync(partial, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw occupied(path);
    // Some file systems (FAT, some network shares) have no links.
    renameSync(partial, path);
    return;
  }
  rmSync(partial);
}

function occupied(path: string): LeakvizError {
  return new LeakvizError('unwritable-output', `${path}: there is a file of this name already`, {
    hint: 'Give another name with -o, or --force to replace it.',
  });
}

/** Infinite where the system does not tell; then the disk itself says when it is full. */
function freeBytes(folder: string): number {
  try {
    const { blocks, bavail, bsize } = statfsSync(folder);
    // File systems in user space that have no such call tell zeros.
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
