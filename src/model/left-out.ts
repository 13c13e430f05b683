// What a dump left out of the files that were mapped into the process: filters drop what can be read from the files.
import { lastStartingAtOrBelow } from './address.ts';
import type { Dump } from './dump.ts';
import { difference, type Interval, intersection, union } from './intervals.ts';

/** Bytes that the dump does not hold, and does not say could be written to. */
export interface LeftOut {
  /** Modules of which a part is missing. */
  readonly modules: number;
  readonly moduleBytes: number;
  /** Of other mapped files. */
  readonly otherBytes: number;
}

export function leftOutOfFiles(dump: Dump): LeftOut {
  if (dump.addressSpace !== 'virtual') return { modules: 0, moduleBytes: 0, otherBytes: 0 };
  const { modules, regions } = dump;
  const missing = missingOfModules(dump);
  const ofFiles = regions.filter(({ kind }) => kind === 'image' || kind === 'mapped-file');
  return {
    modules: modules.filter((module) => partsWithin(missing, module).length > 0).length,
    moduleBytes: totalOf(missing),
    otherBytes: totalOf(difference(union(ofFiles), union([...settledMemory(dump), ...modules]))),
  };
}

/**
 * Parts of modules that the dump neither holds nor says could be written to: there they are as their files have them.
 * Where no region tells, gaps between the parts of a module are among them.
 */
export function missingOfModules(dump: Dump): Interval[] {
  return difference(union(dump.modules), settledMemory(dump));
}

/** No file can tell what was written. */
function settledMemory({ captured, regions }: Dump): Interval[] {
  const held = captured.map(({ start, size }) => ({ start, end: start + size }));
  return union([...held, ...regions.filter((region) => region.writable && !region.rightsAreAssumed)]);
}

/** @param intervals sorted, never overlapping */
export function partsWithin(intervals: readonly Interval[], whole: Interval): Interval[] {
  const first = Math.max(0, lastStartingAtOrBelow(intervals, whole.start));
  const last = lastStartingAtOrBelow(intervals, whole.end);
  return intersection(intervals.slice(first, last + 1), [whole]);
}

export function totalOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { start, end }) => sum + (end - start), 0);
}
