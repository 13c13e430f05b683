// Writes results so that nothing half-written ever stands under a final name: staged beside, then moved in.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LeakvizError } from '../errors.ts';

export interface OutputFolder {
  readonly path: string;
  /** @param name relative, with `/` between folders */
  write(name: string, content: string | Iterable<Uint8Array>): void;
  /** Moves everything written so far to its place. Earlier files of the same name are replaced. */
  publish(): void;
  /** Removes what was not published. */
  discard(): void;
}

/** Folders that hold nothing but results, replaced as a whole so that no picture of an earlier run stays behind. */
const ownedFolders = ['pictures'];

/** Makes sure that results can be written before any work is done. */
export function openOutputFolder(path: string): OutputFolder {
  const made = !existsSync(path);
  let staging: string;
  try {
    mkdirSync(path, { recursive: true });
    if (!statSync(path).isDirectory()) throw new Error('it is a file');
    staging = mkdtempSync(join(path, '.leakviz-'));
  } catch (error) {
    throw unwritable(path, error);
  }
  return {
    path,
    write(name, content) {
      try {
        writeTo(join(staging, name), content);
      } catch (error) {
        throw unwritable(join(path, name), error);
      }
    },
    publish() {
      try {
        moveInto(staging, path);
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    discard() {
      rmSync(staging, { recursive: true, force: true });
      if (made && existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
    },
  };
}

function writeTo(file: string, content: string | Iterable<Uint8Array>): void {
  mkdirSync(dirname(file), { recursive: true });
  if (typeof content === 'string') {
    writeFileSync(file, content);
    return;
  }
  const handle = openSync(file, 'w');
  try {
    for (const chunk of content) writeSync(handle, chunk);
  } finally {
    closeSync(handle);
  }
}

function moveInto(staging: string, path: string): void {
  for (const name of readdirSync(staging)) {
    const target = join(path, name);
    if (ownedFolders.includes(name)) rmSync(target, { recursive: true, force: true });
    renameSync(join(staging, name), target);
  }
}

function unwritable(path: string, error: unknown): LeakvizError {
  const reason = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
    EEXIST: 'it is a file, not a folder',
    ENOTDIR: 'a part of the path is a file',
  };
  return new LeakvizError('unwritable-output', `${path}: cannot be written: ${words[reason] ?? reason}`, {
    hint: 'Give another folder with -o.',
    cause: error,
  });
}
