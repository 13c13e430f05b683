// Which dumps are of one run of a program, and which share an address space. The rule stands in docs/comparing.md.
import type { Address } from '../model/address.ts';
import type { Dump, DumpWarning, LoadedModule, RunMarkKind } from '../model/dump.ts';

/** Arrays run over the dumps. Runs and spaces are counted from 0 in the order in which they come first. */
export interface Runs {
  readonly runOf: readonly number[];
  /** The same for all dumps in which an address means the same: those of one run, and of processes forked from one. */
  readonly spaceOf: readonly number[];
  /** What tells the dump from those of the run that the first dump is of; empty where it is of that run. */
  readonly reasons: readonly (readonly string[])[];
}

/** Marks that say where something is: in a forked process they are the same. */
const places: readonly RunMarkKind[] = ['stack', 'vdso', 'program', 'process-block'];

const differenceOf: Readonly<Record<RunMarkKind, string>> = {
  'start-time': 'it was started at another time',
  seed: 'the kernel gave it other random bytes',
  stack: 'its stack is at another address',
  vdso: 'its vDSO is at another address',
  program: 'its program is at another address',
  'process-block': 'its process block (PEB) is at another address',
};

export function findRuns(dumps: readonly Dump[]): Runs {
  return {
    runOf: group(dumps, (a, b) => differences(a, b).length === 0),
    spaceOf: group(dumps, (a, b) => differences(a, b).length === 0 || isForked(a, b)),
    reasons: dumps.map((dump) => differences(dumps[0]!, dump)),
  };
}

/** Each dump joins the first one that it is alike. */
function group(dumps: readonly Dump[], isAlike: (a: Dump, b: Dump) => boolean): number[] {
  const groups: number[] = [];
  let count = 0;
  for (const [index, dump] of dumps.entries()) {
    const before = dumps.findIndex((other, at) => at < index && isAlike(other, dump));
    groups.push(before < 0 ? count++ : groups[before]!);
  }
  return groups;
}

/**
 * In words; none where nothing speaks against one run. Marks decide where both dumps have some: libraries may be
 * unloaded and come back elsewhere, and a thread may change the name that a dump gives the process.
 */
function differences(first: Dump, dump: Dump): string[] {
  const found: string[] = [];
  if (first.processId !== null && dump.processId !== null && dump.processId !== first.processId) {
    found.push(`its process id is ${dump.processId}, that of the first dump ${first.processId}`);
  }
  const marks = commonMarks(first, dump);
  // One says it; where one is another, most are.
  const other = marks.find((kind) => isOther(first, dump, kind));
  if (other) found.push(differenceOf[other]);
  if (marks.length > 0 && found.length === 0) return [];
  if (areOtherPrograms(first, dump)) found.push('the programs have different names');
  const { moved, common } = movedModules(first.modules, dump.modules);
  if (moved > common / 2) {
    found.push(
      moved === 1 ? 'a module is loaded at another address' : `${moved} modules are loaded at other addresses`,
    );
  }
  return found;
}

function commonMarks(a: Dump, b: Dump): RunMarkKind[] {
  const kinds = Object.keys(differenceOf) as RunMarkKind[];
  return kinds.filter((kind) => a.runMarks?.[kind] !== undefined && b.runMarks?.[kind] !== undefined);
}

function isOther(a: Dump, b: Dump, kind: RunMarkKind): boolean {
  return a.runMarks![kind] !== b.runMarks![kind];
}

/** A process keeps its random bytes when it forks, and everything stays where it is. */
function isForked(a: Dump, b: Dump): boolean {
  const marks = commonMarks(a, b);
  return (
    marks.includes('seed') && !['seed' as const, ...places].some((kind) => marks.includes(kind) && isOther(a, b, kind))
  );
}

/** One of the names may be cut off: Linux keeps 15 bytes. */
function areOtherPrograms({ processName: a }: Dump, { processName: b }: Dump): boolean {
  return a !== null && b !== null && !a.startsWith(b) && !b.startsWith(a);
}

/** Modules that stand nowhere near where they stood, of those that both have. */
function movedModules(before: readonly LoadedModule[], after: readonly LoadedModule[]) {
  // A program may map a file a second time: only when none of its places was kept has it moved.
  const starts = new Map<string, Set<Address>>();
  for (const { path, start } of before) starts.set(path, (starts.get(path) ?? new Set()).add(start));
  const kept = new Set(after.filter(({ path, start }) => starts.get(path)?.has(start)).map(({ path }) => path));
  const common = new Set(after.map(({ path }) => path).filter((path) => starts.has(path)));
  return { moved: common.size - kept.size, common: common.size };
}

/** Per dump, what the reader must know of a dump that is of another run than the first. */
export function runWarnings(dumps: readonly Dump[], { runOf, spaceOf, reasons }: Runs): (DumpWarning | null)[] {
  return dumps.map((dump, index) => {
    if (runOf[index] === runOf[0]) return null;
    const builds = otherBuilds(dumps[0]!, dump);
    const what =
      spaceOf[index] === spaceOf[0]
        ? 'another process than the first, forked from the same one'
        : 'another run of the program than the first';
    const how =
      spaceOf[index] === spaceOf[0]
        ? 'regions are matched by address'
        : 'regions are matched by what they are and where they stand among the modules';
    const why = reasons[index]!.length > 0 ? ` (${reasons[index]!.join(', ')})` : '';
    const other =
      builds.length > 0 ? `; ${builds.length === 1 ? 'a file is' : `${builds.length} files are`} of another build` : '';
    const message = `this dump is of ${what}${why}: growth is between runs, and ${how}${other}`;
    return { code: 'other-process', message, offset: null };
  });
}

/** Paths of modules that are another file by the same name: of another size in memory, or link time. */
function otherBuilds(a: Dump, b: Dump): string[] {
  const idOf = ({ path, start, end, linkTime }: LoadedModule) => `${end - start} ${linkTime} ${path}`;
  const paths = new Set(a.modules.map(({ path }) => path));
  const known = new Set(a.modules.map(idOf));
  return b.modules.filter((module) => paths.has(module.path) && !known.has(idOf(module))).map(({ path }) => path);
}
