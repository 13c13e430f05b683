// Files, folders and patterns become the list of dumps, in order. Windows shells do not expand patterns, so we do.
import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { findCompression } from '../bytes/compressions.ts';
import { isFlattened } from '../bytes/flattened.ts';
import { unreadableFile } from '../bytes/system-error.ts';
import { LeakvizError } from '../errors.ts';
import { dumpFormats } from '../formats/index.ts';
import { say } from './terminal.ts';

/** Made where it is needed: it takes as long as a tenth of the start. */
function inOrderOfNames(names: string[]): string[] {
  return names.sort(new Intl.Collator('en', { numeric: true }).compare);
}

/** Paths of dump files in capture order: the order of the arguments, and by name (2 before 10) within each. */
export async function resolveInputs(args: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const arg of args) paths.push(...(await resolveInput(arg)));
  return paths;
}

async function resolveInput(arg: string): Promise<string[]> {
  const stat = look(arg);
  if (stat?.isDirectory()) return dumpsInFolder(arg);
  if (stat) return [arg];
  if (!/[*?[{]/.test(arg)) {
    throw new LeakvizError('unreadable-file', `${arg === '' ? "''" : arg}: no such file or folder`, {
      hint: 'Check the path; dumps, folders and patterns such as *.dmp are taken',
    });
  }
  const { glob } = await import('tinyglobby');
  const found = await glob(arg.replaceAll('\\', '/'), { absolute: false, onlyFiles: true, expandDirectories: false });
  if (found.length === 0) {
    throw new LeakvizError('unreadable-file', `${arg}: no file matches`, { hint: 'Check the pattern and the folder.' });
  }
  return inOrderOfNames(found);
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

function dumpsInFolder(folder: string): string[] {
  const names = inOrderOfNames(namesIn(folder));
  const unreadable = names.find((name) => name.includes('\u{fffd}') && !look(join(folder, name)));
  if (unreadable !== undefined) {
    // Left out in silence, a dump would be missing from the comparison.
    throw new LeakvizError('unreadable-file', `${join(folder, unreadable)}: the name of this file is not UTF-8`, {
      hint: 'Rename it, or name the dumps themselves.',
    });
  }
  const paths = names.map((name) => join(folder, name));
  const empty = paths.filter(isEmptyFile);
  if (empty.length > 0) {
    // What a capture leaves that failed: without a word, a dump would be missing from the comparison.
    say(`left out for being empty (0 bytes): ${empty.join(', ')}; if a dump was to be there, take it again`);
  }
  const dumps = paths.filter(looksLikeDump);
  if (dumps.length > 0) return dumps;
  const problem = names.length === 0 ? 'the folder is empty' : `no dumps in this folder (${names.length} other files)`;
  throw new LeakvizError('unreadable-file', `${folder}: ${problem}`, {
    hint:
      names.length === 0
        ? 'Check the path, or whether the dumps were written.'
        : 'Name the files themselves if they are raw memory without a header.',
  });
}

function isEmptyFile(path: string): boolean {
  const stat = look(path);
  return stat?.isFile() === true && stat.size === 0;
}

function namesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    throw unreadableFile(folder, error);
  }
}

/** A folder may hold notes beside its dumps: only files that say by their first bytes what they are count. */
function looksLikeDump(path: string): boolean {
  // Opening a pipe would wait for its writer.
  if (!look(path)?.isFile()) return false;
  const head = new Uint8Array(4096);
  let size: number;
  try {
    const file = openSync(path, 'r');
    try {
      size = readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // Opening it for real will say what is wrong with it.
    return true;
  }
  const bytes = head.subarray(0, size);
  return (
    isFlattened(bytes) ||
    findCompression(bytes) !== undefined ||
    dumpFormats.some((format) => format.id !== 'raw' && format.probe(bytes))
  );
}
