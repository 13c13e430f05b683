// Writes results so that nothing half-written ever stands under a final name: staged beside, then moved in.
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LeakvizError } from '../errors.ts';
import { writeWhole, writeWholeBeside } from './write-whole.ts';

/** Where pictures of memory contents go, away from those that reports show. */
export const rawFolder = 'raw-pixels';

export interface OutputFolder {
  readonly path: string;
  /** @param name relative, with `/` between folders */
  write(name: string, content: string | Iterable<Uint8Array>): void;
  /** Writes while this thread goes on: a chunk has to stay as it is until the next one is asked for. */
  writeBeside(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** Moves everything written so far to its place. Earlier files of the same name are replaced. */
  publish(): void;
  /** Removes what was not published. */
  discard(): void;
}

/**
 * Makes sure that results can be written before any work is done. Throws LeakvizError `unwritable-output`.
 * @param earlierFiles names what an earlier run left in the folder: what is not written again is removed
 */
export function openOutputFolder(path: string, earlierFiles = filesOfEarlierRun): OutputFolder {
  if (path === '') throw new LeakvizError('usage', "--output: expected a folder, found ''");
  const { staging, firstMade } = makeFolders(path);
  const written: string[] = [];
  return {
    path,
    write(name, content) {
      written.push(name);
      try {
        makeFolderOf(staging, name);
        writeTo(join(staging, name), content);
      } catch (error) {
        throw unwritable(join(path, name), error);
      }
    },
    async writeBeside(name, chunks) {
      written.push(name);
      try {
        makeFolderOf(staging, name);
        await writeToBeside(join(staging, name), chunks);
      } catch (error) {
        throw unwritable(join(path, name), error);
      }
    },
    publish() {
      try {
        statSync(staging);
        const stale = earlierFiles(path).filter((name) => !written.includes(name));
        for (const name of written) moveInto(staging, path, name);
        for (const name of stale) rmSync(join(path, name), { force: true });
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    discard() {
      removeIfPossible(staging);
      if (firstMade !== undefined) removeEmptyFolders(path, firstMade);
    },
  };
}

/** `firstMade` is the outermost folder that was not there before. */
function makeFolders(path: string): { staging: string; firstMade: string | undefined } {
  try {
    const firstMade = makeFolder(path);
    try {
      if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EEXIST' });
      return { staging: mkdtempSync(join(path, '.leakviz-')), firstMade };
    } catch (error) {
      if (firstMade !== undefined) removeEmptyFolders(path, firstMade);
      throw error;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * The outermost folder that had to be made, or undefined. Not by mkdirSync's `recursive`: where a file system refuses new
 * folders with ENOENT, as /proc does, that never returns; where it has become read-only, it says ENOENT.
 */
export function makeFolder(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  const parent = dirname(path);
  const firstMade = parent === path ? undefined : makeFolder(parent);
  mkdirSync(path);
  return firstMade ?? path;
}

/** A disk that has become read-only keeps what is on it; that the results cannot be written is told already. */
function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}

/** From `path` up to `outermost`, as long as they are empty. */
function removeEmptyFolders(path: string, outermost: string): void {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
    if (relative(folder, outermost) === '') return;
  }
}

function writeTo(file: string, content: string | Iterable<Uint8Array>): void {
  if (typeof content === 'string') {
    writeFileSync(file, content);
    return;
  }
  const handle = openSync(file, 'w');
  try {
    for (const chunk of content) writeWhole(handle, chunk);
  } finally {
    closeSync(handle);
  }
}

async function writeToBeside(file: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const handle = openSync(file, 'w');
  try {
    for await (const chunk of chunks) await writeWholeBeside(handle, chunk);
  } finally {
    closeSync(handle);
  }
}

/** Folders within the given one, which is not made again when somebody has removed it during the run. */
function makeFolderOf(folder: string, name: string): void {
  statSync(folder);
  makeFolder(dirname(join(folder, name)));
}

function moveInto(staging: string, path: string, name: string): void {
  makeFolderOf(path, name);
  renameSync(join(staging, name), join(path, name));
}

/** What report.json does not name. An old one beside a new report would be read or attached in its place. */
const unnamedFiles = ['report.html', 'report.md', 'report.json', 'leakviz-report.zip', 'junit.xml'];

/**
 * Reports and pictures that an earlier run wrote here, as its report.json tells. The folder may be anything, a home
 * directory too: nothing else is ever removed.
 */
function filesOfEarlierRun(path: string): string[] {
  try {
    const report = JSON.parse(readFileSync(join(path, 'report.json'), 'utf8')) as {
      tool?: { name?: unknown };
      pictures?: readonly { bmp?: unknown; png?: unknown }[];
    };
    if (report.tool?.name !== 'leakviz') return [];
    const names = (report.pictures ?? []).flatMap(({ bmp, png }) => [bmp, png]);
    const pictures = names.filter(
      (name) => typeof name === 'string' && /^pictures\/[\w-]+\.(bmp|png)$/.test(name),
    ) as string[];
    return [...pictures, ...unnamedFiles, ...rawPicturesIn(path)];
  } catch {
    // No report of ours, so no pictures of ours.
    return [];
  }
}

/** No report names them, for they show memory: beside a report of ours they are known by their names. */
function rawPicturesIn(path: string): string[] {
  const folder = join(path, rawFolder);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => /^raw-(overview-\d+|blocks-a\d+)\.(bmp|png)$/.test(name))
    .map((name) => `${rawFolder}/${name}`);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EEXIST: 'it is a file, not a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file size limit is reached',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the device reports a write error',
  EMFILE: 'too many open files',
  ENOENT: 'the folder is not there, or cannot be made',
};

/** Says in words why a result cannot be written. */
export function unwritable(path: string, cause: unknown, hint = 'Give another folder with -o.'): LeakvizError {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new LeakvizError('unwritable-output', `${path}: cannot be written: ${reasons[reason] ?? reason}`, {
    hint,
    cause,
  });
}
