// Dumps of another process, or of another run of the same program, can be compared, but the reader must know.
import type { OpenedDump } from '../memory/opened-dump.ts';
import type { Address } from '../model/address.ts';
import type { DumpWarning, LoadedModule } from '../model/dump.ts';

/** Per dump, a warning when it is not of the process that the first dump is of. */
export function sameProcessWarnings(dumps: readonly OpenedDump[]): (DumpWarning | null)[] {
  const first = dumps[0]!.memory.dump;
  return dumps.map(({ memory: { dump } }) => {
    const reasons: string[] = [];
    const hasIds = first.processId !== null && dump.processId !== null;
    if (hasIds && dump.processId !== first.processId) {
      reasons.push(`its process id is ${dump.processId}, that of the first dump ${first.processId}`);
    }
    if (first.processName !== null && dump.processName !== null && dump.processName !== first.processName) {
      reasons.push('the programs have different names');
    }
    const moved = movedModules(first.modules, dump.modules);
    if (moved > 0)
      reasons.push(
        moved === 1 ? 'a module is loaded at another address' : `${moved} modules are loaded at other addresses`,
      );
    if (reasons.length === 0) return null;
    const message = `this dump seems to be of another process: ${reasons.join(', ')}; growth is then between the two, and regions are matched by address all the same`;
    return { code: 'other-process', message, offset: null };
  });
}

/** Modules that stand nowhere near where they stood; a process does not move what it has loaded. */
function movedModules(before: readonly LoadedModule[], after: readonly LoadedModule[]): number {
  // A program may map a file a second time: only when none of its places was kept has it moved.
  const starts = new Map<string, Set<Address>>();
  for (const { path, start } of before) starts.set(path, (starts.get(path) ?? new Set()).add(start));
  const kept = new Set(after.filter(({ path, start }) => starts.get(path)?.has(start)).map(({ path }) => path));
  const paths = new Set(after.map(({ path }) => path));
  return [...paths].filter((path) => starts.has(path) && !kept.has(path)).length;
}
