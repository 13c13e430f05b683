import { statSync } from 'node:fs';
import { printablePath } from '../bytes/system-error.ts';
import { LeakvizError } from '../errors.ts';

/** What --modules names. Throws LeakvizError `usage` for what is no folder. */
export function checkModuleFolders(folders: readonly string[]): readonly string[] {
  for (const folder of folders) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    throw new LeakvizError('usage', `--modules: '${printablePath(folder)}' is no folder`, {
      hint: 'Name the folder that holds the program and its libraries.',
    });
  }
  return folders;
}
