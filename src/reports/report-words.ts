import type { RegionKind } from '../model/dump.ts';
import type {
  FieldKind,
  GateCondition,
  LeakReport,
  Method,
  ReportAllocation,
  ReportDump,
  ReportRegion,
  Trend,
  VerdictStatus,
} from '../model/leak-report.ts';
import {
  noValue,
  printBytesChange,
  printCount,
  printCountChange,
  printDuration,
  printExactBytes,
  printTime,
} from '../text/print-quantity.ts';
import { othersId } from './cap-report.ts';
import { elapsedTimes } from './report-view.ts';

/** The verdict as a badge. */
export const statusWords: Readonly<Record<VerdictStatus, string>> = {
  leak: 'Leak',
  growth: 'Growth',
  none: 'No leak',
  inconclusive: 'Inconclusive',
};

/** What the status claims, and what it does not. */
export const statusMeanings: Readonly<Record<VerdictStatus, string>> = {
  leak: 'One size of block grows in every step and explains a material share of the growth.',
  growth: 'Memory grows, but not yet as a proven leak: it grew once, levels off, or no block size explains it.',
  none: 'Nothing grows beyond what comes and goes in this process anyway.',
  inconclusive: 'The dumps hold too little to tell.',
};

export const trendWords: Readonly<Record<Trend, string>> = {
  steady: 'grows in every step',
  saturating: 'levels off',
  sawtooth: 'up and down',
  jump: 'grew once',
  flat: 'no change',
  shrinking: 'shrinks',
};

/** The same in a word, for tables. */
export const trendLabels: Readonly<Record<Trend, string>> = {
  steady: 'steady',
  saturating: 'levels off',
  sawtooth: 'up and down',
  jump: 'once',
  flat: 'flat',
  shrinking: 'shrinks',
};

export const regionKindWords: Readonly<Record<RegionKind, string>> = {
  heap: 'heap',
  stack: 'stack',
  image: 'module',
  'mapped-file': 'mapped file',
  private: 'private',
  unknown: 'unknown',
};

export const fieldKindWords: Readonly<Record<FieldKind, string>> = {
  constant: 'same in every block',
  'module-pointer': 'pointer into a module',
  'self-pointer': 'pointer within the class',
  'heap-pointer': 'pointer into a heap',
  counter: 'counter',
  'small-integer': 'small number',
  text: 'text, not shown',
  zero: 'zero',
  random: 'no pattern',
  header: 'header',
};

export const methodWords: Readonly<Record<Method, string>> = {
  'chunk-walk': 'counted by walking the heap',
  stride: 'counted by the repeating bytes',
};

/** Stands on every output that holds bytes of the process. */
export const contentsMark = 'CONTAINS MEMORY CONTENTS';

/** What came of a condition of the gate. */
export function gateWords(condition: GateCondition): string {
  if (condition.holds === null) return 'cannot be judged, which fails';
  return condition.holds ? 'holds, which fails' : 'does not hold';
}

export function plural(count: number, noun: string): string {
  return `${printCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A suspect's growth in full: `+24.5 MB, +392 blocks`. */
export function growthWords(allocation: ReportAllocation): string {
  return `${printBytesChange(allocation.growthBytes)}, ${blocksChange(allocation)}`;
}

/** `+392 blocks`. */
export function blocksChange({ growthCount }: ReportAllocation): string {
  return `${printCountChange(growthCount)} ${Math.abs(growthCount) === 1 ? 'block' : 'blocks'}`;
}

/** `65,529 to 65,544 bytes`, or one size where the range is one. */
export function requestWords(allocation: ReportAllocation, to = ' to '): string {
  const request = allocation.requestBytes;
  if (request === null) return 'not known';
  if (request.min === request.max) return printExactBytes(request.min);
  return `${printCount(request.min)}${to}${printCount(request.max)} bytes`;
}

/** How a class is called in a heading: by its size, for that is what it is known by. Untrusted text for the type. */
export function allocationTitle(allocation: ReportAllocation): string {
  if (allocation.id === othersId) return allocation.typeName ?? 'other classes';
  return `Blocks of ${printExactBytes(allocation.strideBytes)}`;
}

/** No process dump is older: earlier times only count from the first dump, as those of `--interval` do. */
const oldestDump = Date.UTC(1980, 0, 1);

/** When a dump was taken: `2026-03-01 14:05:09 UTC`, or null where only the time between the dumps is known. */
export function captureTime(dump: ReportDump): string | null {
  const isClock = dump.capturedAt !== null && Date.parse(dump.capturedAt) >= oldestDump;
  return isClock ? printTime(dump.capturedAt) : null;
}

/** When each dump was taken: by the clock, else after the first one, else nothing. */
export function captureTimes(report: LeakReport): string[] {
  const elapsed = elapsedTimes(report);
  return report.dumps.map((dump, index) => {
    const time = captureTime(dump);
    if (time !== null || elapsed === null) return time ?? noValue;
    return index === 0 ? 'first' : `+${printDuration(elapsed[index]!)}`;
  });
}

/** A region's name, or what it is where it has none. Untrusted text. */
export function regionName(region: ReportRegion): string {
  return region.name === '' ? `${regionKindWords[region.kind]} memory` : region.name;
}

/** How sure a size and a count are. */
export function confidenceWords(confidence: number): string {
  if (!Number.isFinite(confidence)) return noValue;
  if (confidence >= 0.95) return 'very sure';
  if (confidence >= 0.8) return 'sure';
  return confidence >= 0.5 ? 'likely' : 'a guess';
}
