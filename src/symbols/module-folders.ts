// Finds the files of modules in the folders that the user named.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openFileSource } from '../bytes/file-source.ts';
import { LeakvizError } from '../errors.ts';
import { openElfFile } from './elf-file.ts';
import type { ImageContext, ModuleFile } from './module-file.ts';
import { openPeFile } from './pe-file.ts';

/** Takes a code in kebab-case and a sentence. */
export type Warn = (code: string, message: string) => void;

export interface ModuleFolders {
  /** The file that the module was loaded from, open; undefined when there is none that fits. Never throws. */
  find(context: ImageContext): ModuleFile | undefined;
}

/** Folders are looked through in order, not those within them. Each is listed once, when it is needed. */
export function openModuleFolders(folders: readonly string[], warn: Warn): ModuleFolders {
  const listings = new Map<string, readonly string[]>();

  function listing(folder: string): readonly string[] {
    const known = listings.get(folder);
    if (known) return known;
    const names = listFolder(folder, warn);
    listings.set(folder, names);
    return names;
  }

  return {
    find(context) {
      const name = fileNameOf(context.module.path);
      const refusals: string[] = [];
      for (const folder of folders) {
        const names = listing(folder);
        const found =
          names.find((one) => one === name) ?? names.find((one) => one.toLowerCase() === name.toLowerCase());
        if (found === undefined) continue;
        const opened = openModuleFile(join(folder, found), context);
        if (typeof opened !== 'string') return opened;
        refusals.push(opened);
      }
      for (const refusal of refusals)
        warn('module-file-refused', `${name} among the modules given is not used: ${refusal}`);
      return undefined;
    },
  };
}

/** Windows writes names of files in any case. Names come from the dump: they are looked up, never opened. */
export function fileNameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/ \(deleted\)$/, '');
}

function listFolder(folder: string, warn: Warn): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  } catch {
    warn('module-folder-unreadable', 'a folder given for modules cannot be read');
    return [];
  }
}

/** The file, or why it is none. */
function openModuleFile(path: string, context: ImageContext): ModuleFile | string {
  let close = () => {};
  try {
    const source = openFileSource(path);
    close = () => source.close();
    const file = isPortable(source) ? openPeFile(source, context) : openElfFile(source, context);
    if (file.mismatch === undefined) return file;
    close();
    return file.mismatch;
  } catch (error) {
    close();
    if (!(error instanceof LeakvizError)) throw error;
    return error.code === 'malformed-dump' ? 'it is damaged, or neither ELF nor PE' : 'it cannot be read';
  }
}

function isPortable(source: { read(offset: number, into: Uint8Array): number }): boolean {
  const magic = new Uint8Array(2);
  return source.read(0, magic) === 2 && magic[0] === 0x4d && magic[1] === 0x5a;
}
