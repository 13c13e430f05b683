// A core on its way into a file: nobody else may read it, and it has its name only when it is complete.
import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Packer, packedSink } from '../bytes/packed-sink.ts';
import { createSparseWriter } from '../bytes/sparse-writer.ts';
import type { CoreSink } from '../capture/capture-process.ts';
import { LeakvizError } from '../errors.ts';
import { onExit } from './clean-up.ts';
import { unwritable } from './output-folder.ts';

export interface CoreFile extends CoreSink {
  /** Gives the file its name. Returns its bytes on disk, without holes. Throws LeakvizError `unwritable-output`. */
  publish(): Promise<number>;
  /** Removes what was not published. */
  discard(): void;
}

export interface CoreFileOptions {
  /** Replaces a file of that name. */
  readonly force: boolean;
  /** Undefined for a plain file, with holes where there are zeros. */
  readonly packer: Packer | undefined;
}

/** Bytes left free on the disk: a process that is looked at because it grows should not end for want of a log's space. */
const spareBytes = 2 ** 28;

const hint = 'Give another file or folder with -o.';

/** Fails before any work is done where the file cannot be written. Throws LeakvizError `unwritable-output`. */
export function createCoreFile(path: string, { force, packer }: CoreFileOptions): CoreFile {
  if (!force && existsSync(path)) throw occupied(path);
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (error instanceof LeakvizError) throw error;
      throw unwritable(path, error, hint);
    }
  };
  // The memory of a process holds its passwords and keys.
  const descriptor = attempt(() => openSync(partial, 'wx', 0o600));
  const room = freeBytes(dirname(path)) - spareBytes;
  let isOpen = true;
  let isNamed = false;
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  const discard = () => {
    close();
    if (!isNamed) rmSync(partial, { force: true });
    forget();
  };
  const forget = onExit(discard);
  const sparse = createSparseWriter(descriptor);
  let packedBytes = 0;
  const writeWhole = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    packedBytes += bytes.length;
  };
  const checkRoom = (written: number) => {
    if (written > room) throw unwritable(path, { code: 'ENOSPC' }, hint);
  };
  const plain = {
    write: (bytes: Uint8Array) => sparse.write(bytes),
    skip: (count: number) => sparse.skip(count),
    end: () => sparse.finish(),
  };
  const sink = packer === undefined ? plain : packedSink(packer, writeWhole);
  const attemptLater = async (act: () => void | Promise<void>): Promise<void> => {
    try {
      await act();
      checkRoom(packedBytes + sparse.writtenBytes());
    } catch (error) {
      if (error instanceof LeakvizError) throw error;
      throw unwritable(path, error, hint);
    }
  };
  return {
    write: (bytes) => attemptLater(() => sink.write(bytes)),
    skip: (count) => attemptLater(() => sink.skip(count)),
    async publish() {
      await attemptLater(() => sink.end());
      close();
      attempt(() => giveName(partial, path, force));
      isNamed = true;
      forget();
      return packedBytes + sparse.writtenBytes();
    },
    discard,
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
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
