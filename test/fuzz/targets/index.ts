import type { FuzzTarget } from '../fuzz-target.ts';
import { formatTargets } from './formats.ts';
import { heapTargets } from './heaps.ts';
import { moduleTargets } from './modules.ts';
import { packerTargets } from './packers.ts';
import { reportTargets } from './reports.ts';
import { textTargets } from './texts.ts';

/** Everything that hostile input reaches. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...formatTargets,
  ...packerTargets,
  ...heapTargets,
  ...moduleTargets,
  ...reportTargets,
  ...textTargets,
];
