// What a dump left out of the files that were mapped into the process: filters drop what can be read from the files.
import { lastStartingAtOrBelow } from './address.ts';
import type { Dump } from './dump.ts';
import { capturedIntervals } from './dump-tables.ts';
import { difference, type Interval, intersection, newIntervals, union } from './intervals.ts';
import type { List } from './list.ts';

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
    otherBytes: totalOf(difference(withoutSettled(union(ofFiles), dump), union(modules))),
  };
}

/**
 * Parts of modules that the dump neither holds nor says could be written to: there they are as their files have them.
 * Where no region tells, gaps between the parts of a module are among them.
 */
export function missingOfModules(dump: Dump): List<Interval> {
  return withoutSettled(union(dump.modules), dump);
}

/** No file can tell what was written. */
function withoutSettled(memory: List<Interval>, { captured, regions }: Dump): List<Interval> {
  if (memory.length === 0) return memory;
  return difference(difference(memory, capturedIntervals(captured)), newIntervals(writable()));

  function* writable(): Generator<Interval, void> {
    for (const region of regions) if (region.writable && !region.rightsAreAssumed) yield region;
  }
}

/** @param intervals sorted, never overlapping */
export function partsWithin(intervals: List<Interval>, whole: Interval): List<Interval> {
  const first = Math.max(0, lastStartingAtOrBelow(intervals, whole.start));
  const last = lastStartingAtOrBelow(intervals, whole.end);
  const near = newIntervals();
  for (let index = first; index <= last; index++) near.push(intervals.at(index)!);
  return intersection(near, [whole]);
}

export function totalOf(intervals: List<Interval>): number {
  return intervals.reduce((sum, { start, end }) => sum + (end - start), 0);
}
