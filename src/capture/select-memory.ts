// Which memory a core takes: what the process has written or shares with nothing, as the kernel's own cores do.
import type { Interval } from '../formats/intervals.ts';
import type { LinuxMapping } from '../formats/linux-maps.ts';
import { isFilelessPath } from '../formats/linux-names.ts';
import type { Address } from '../model/address.ts';
import type { PageMap } from './touched-pages.ts';

/**
 * `written`: anonymous memory, and what was written into private mappings of files, as by the kernel's default filter.
 * `heap`: of that, no stacks and nothing shared. `all`: the contents of mapped files too.
 */
export const selections = ['written', 'heap', 'all'] as const;
export type Selection = (typeof selections)[number];

/** A mapping with flags of /proc/PID/smaps. */
export interface LiveMapping extends LinuxMapping {
  /** VmFlags: two letters each. Empty where they are not known. */
  readonly flags: ReadonlySet<string>;
}

/** A part of a mapping that is a segment of the core. */
export interface PlannedSegment extends Interval {
  readonly mapping: LiveMapping;
  /** Whether the core holds its bytes; otherwise only that it is mapped. */
  readonly isTaken: boolean;
  /** Where bytes have to be read; what lies between has never been touched and is zero. */
  readonly touched: readonly Interval[];
}

export interface SelectionContext {
  readonly selection: Selection;
  readonly pages: PageMap;
  readonly pageSize: number;
  /** Of all threads. */
  readonly stackPointers: readonly Address[];
  /** First bytes at an address; fewer where they cannot be read. */
  readonly peek: (address: Address, size: number) => Uint8Array;
}

/**
 * Untouched anonymous memory is zero, so the core says zero: as a hole in the file, it costs nothing on disk. Heaps
 * and arenas that allocators reserve stay below this size; what is larger is address space set aside (sandboxes,
 * shadow memory, compressed heaps), would make files whose size no tool can handle, and is left out.
 */
const largestHole = 2 ** 30;

/** Drivers' memory, on which reading may act, and pages that are no memory. */
const deviceFlags = ['io', 'pf'];
/** MADV_DONTDUMP: the program itself says that it is of no use in a dump. */
const dontDumpFlag = 'dd';

/** In order of address; together they cover the mapping. */
export function planMapping(mapping: LiveMapping, context: SelectionContext): PlannedSegment[] {
  const left: PlannedSegment = { start: mapping.start, end: mapping.end, mapping, isTaken: false, touched: [] };
  if (isUnreadable(mapping)) return [left];
  const { selection, pages } = context;
  if (selection !== 'all' && mapping.flags.has(dontDumpFlag)) return [left];
  if (isSpecial(mapping)) return selection === 'heap' ? [left] : cut(mapping, [mapping], 0);
  if (isAnonymous(mapping)) {
    if (selection === 'heap' && (!mapping.writable || isStack(mapping, context))) return [left];
    return cut(mapping, pages.runs(mapping, 'touched'), largestHole);
  }
  // Bytes that this process never touched may be another's: they are not known to be zero.
  if (isSharedMemory(mapping)) return selection === 'heap' ? [left] : cut(mapping, pages.runs(mapping, 'touched'), 0);
  if (selection === 'all') return cut(mapping, [mapping], 0);
  if (mapping.shared) return [left];
  return cut(mapping, withHeader(pages.runs(mapping, 'own'), mapping, context), 0);
}

/** [vvar] and [vsyscall] are the kernel's. The file of a device is not told from others by its path alone. */
function isUnreadable({ name, flags }: LiveMapping): boolean {
  return /^\[(vvar|vsyscall)/.test(name) || deviceFlags.some((flag) => flags.has(flag));
}

/** [vdso] and the like: code of the kernel, there whether the process touched it or not. */
function isSpecial({ name }: LiveMapping): boolean {
  return name.startsWith('[') && !/^\[(heap|stack|anon)/.test(name);
}

function isAnonymous({ shared, name }: LiveMapping): boolean {
  return !shared && (!name.startsWith('/') || isFilelessPath(name));
}

/** Shared memory without a file that keeps it: anonymous, System V, memfd, and files that are deleted already. */
function isSharedMemory({ shared, name }: LiveMapping): boolean {
  return shared && (!name.startsWith('/') || isFilelessPath(name) || name.endsWith(' (deleted)'));
}

function isStack({ name, start, end }: LiveMapping, { stackPointers }: SelectionContext): boolean {
  return name.startsWith('[stack') || stackPointers.some((pointer) => pointer >= start && pointer < end);
}

/** The first page of a program or library tells debuggers which build it is. */
function withHeader(runs: readonly Interval[], mapping: LiveMapping, context: SelectionContext): readonly Interval[] {
  const { start } = mapping;
  const end = start + context.pageSize;
  if (mapping.fileOffset !== 0 || !mapping.readable || (runs[0]?.start ?? end) < end) return runs;
  const [a, b, c, d] = context.peek(start, 4);
  if (a !== 0x7f || b !== 0x45 || c !== 0x4c || d !== 0x46) return runs;
  return runs[0]?.start === end ? [{ start, end: runs[0].end }, ...runs.slice(1)] : [{ start, end }, ...runs];
}

/** Makes one segment of runs with gaps up to `largestGap` between them, and one of each larger gap. */
function cut(mapping: LiveMapping, runs: readonly Interval[], largestGap: number): PlannedSegment[] {
  const segments: PlannedSegment[] = [];
  const add = (start: Address, end: Address, isTaken: boolean, touched: readonly Interval[]) => {
    if (start < end) segments.push({ start, end, mapping, isTaken, touched });
  };
  let start = mapping.start;
  let touched: Interval[] = [];
  let end = start;
  for (const run of runs) {
    if (run.start - end > largestGap) {
      add(start, end, true, touched);
      add(end, run.start, false, []);
      start = run.start;
      touched = [];
    }
    touched.push(run);
    end = run.end;
  }
  if (mapping.end - end <= largestGap) add(start, mapping.end, true, touched);
  else {
    add(start, end, true, touched);
    add(end, mapping.end, false, []);
  }
  return segments;
}
