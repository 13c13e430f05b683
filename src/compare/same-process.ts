// Dumps of another process, or of another run of the same program, can be compared, but the reader must know.
import type { OpenedDump } from '../memory/opened-dump.ts';
import type { DumpWarning } from '../model/dump.ts';

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
    if (moved > 0) reasons.push(moved === 1 ? 'a module is loaded at another address' : `${moved} modules are loaded at other addresses`);
    if (reasons.length === 0) return null;
    const message = `this dump seems to be of another process: ${reasons.join(', ')}; growth is then between the two, and regions are matched by address all the same`;
    return { code: 'other-process', message, offset: null };
  });
}

/** Modules of one name that stand elsewhere; a process does not move what it has loaded. */
function movedModules(
  before: readonly { readonly path: string; readonly start: number }[],
  after: readonly { readonly path: string; readonly start: number }[],
): number {
  const starts = new Map(before.map((module) => [module.path, module.start]));
  return after.filter((module) => (starts.get(module.path) ?? module.start) !== module.start).length;
}
