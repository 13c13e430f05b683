import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LeakvizError } from '../errors.ts';
import { printablePath } from './system-error.ts';

/** A file that nobody else can open, and that is gone when it is closed. */
export interface TemporaryFile {
  /** Open for reading and writing. Closed by `discard` only. */
  readonly descriptor: number;
  discard(): void;
}

/** Linux's flag for a file that never has a name (open(2)); Node.js has no constant for it. */
const namelessFile = 0o20000000 | constants.O_DIRECTORY;

/** Directories that could not be removed while their file is open. */
const leftDirectories = new Set<string>();

/**
 * Makes an empty file under `parent`: one without a name where the system has that (Linux), so that nothing is left
 * however the process ends. Elsewhere it is in a new directory, and both lose their names at once (other POSIX), or are
 * removed when the file is discarded, or by cleanUpTemporaryFiles (Windows). Throws LeakvizError `unwritable-output`.
 */
export function createTemporaryFile(parent: string): TemporaryFile {
  try {
    const nameless = openNameless(parent);
    if (nameless !== undefined) return { descriptor: nameless, discard: () => closeSync(nameless) };
    const directory = mkdtempSync(join(parent, 'leakviz-'));
    leftDirectories.add(directory);
    const descriptor = openSync(join(directory, 'unpacked'), 'wx+', 0o600);
    const isRemoved = remove(directory);
    return {
      descriptor,
      discard() {
        closeSync(descriptor);
        if (!isRemoved) remove(directory);
      },
    };
  } catch (cause) {
    throw unwritableTemporaryFile(parent, cause);
  }
}

/** Undefined where the kernel or the file system has no such files, or refuses: then the other way says why. */
function openNameless(parent: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return openSync(parent, namelessFile | constants.O_RDWR, 0o600);
  } catch {
    return undefined;
  }
}

/** For the end of the process, by a signal too: removes what is still there. Never throws. */
export function cleanUpTemporaryFiles(): void {
  for (const directory of leftDirectories) remove(directory);
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such directory',
  ENOTDIR: 'it is no directory',
  EIO: 'the device reports a write error',
  EFBIG: 'the file size limit is reached',
  EMFILE: 'too many open files',
};

/** Turns what node:fs threw while writing a temporary file under `parent` into a LeakvizError. */
export function unwritableTemporaryFile(parent: string, cause: unknown): LeakvizError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  return new LeakvizError(
    'unwritable-output',
    `cannot unpack into ${printablePath(parent)}: ${reasons[code] ?? code}`,
    {
      hint: 'Name another directory with --temp-dir, or unpack the dump yourself.',
      cause,
    },
  );
}

/** False where the system keeps an open file's name. */
function remove(directory: string): boolean {
  try {
    rmSync(directory, { recursive: true, force: true });
    leftDirectories.delete(directory);
    return true;
  } catch {
    return false;
  }
}
