import type { LoadedModule } from '../../model/dump.ts';
import type { FileMapping } from './file-mappings.ts';

/** Linkers leave gaps between a library's segments: 2 MiB on x86-64, less elsewhere. */
const widestGap = 1 << 22;

/**
 * Programs and libraries with their extents: neighbouring mappings of one file are one module. A file that is mapped
 * again far away (to read its symbols, or loaded twice) is a module of its own there, else it would span what lies
 * between.
 */
export function toModules(files: readonly FileMapping[], imagePaths: ReadonlySet<string>): LoadedModule[] {
  const modules: LoadedModule[] = [];
  let previous: FileMapping | undefined;
  for (const file of files) {
    const continues = previous?.path === file.path && file.start - previous.end <= widestGap;
    previous = file;
    if (!imagePaths.has(file.path)) continue;
    const last = modules.at(-1);
    if (continues && last !== undefined) modules[modules.length - 1] = { ...last, end: file.end };
    else modules.push({ start: file.start, end: file.end, path: file.path });
  }
  return modules;
}
