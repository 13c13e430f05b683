// Where the files of modules stand in for memory that the dump left out.
import type { LoadedModule } from '../model/dump.ts';
import { type Interval, intersection, union } from '../model/intervals.ts';
import { partsWithin, totalOf } from '../model/left-out.ts';
import type { List } from '../model/list.ts';
import type { ModuleFile } from './module-file.ts';

/** It can be read, but was not captured: no other figure counts it. */
export interface FilledIn {
  readonly bytes: number;
  /** Files that any of them come from. */
  readonly files: number;
}

/** A module's file, and the addresses at which it stands in for memory. */
export interface FillIn {
  readonly file: ModuleFile;
  /** Sorted, never overlapping. */
  readonly gaps: List<Interval>;
}

/** @param missing of all modules, as `missingOfModules` gives it */
export function fillIn(file: ModuleFile, module: LoadedModule, missing: List<Interval>): FillIn {
  const inFile = file.ranges.map(({ start, size, fileOffset }) => ({
    start,
    end: start + Math.min(size, Math.max(0, file.source.size - fileOffset)),
  }));
  return { file, gaps: intersection(union(inFile), partsWithin(missing, module)) };
}

export function sumFilledIn(all: readonly FillIn[]): FilledIn {
  const used = all.filter(({ gaps }) => gaps.length > 0);
  return { bytes: used.reduce((sum, { gaps }) => sum + totalOf(gaps), 0), files: used.length };
}
