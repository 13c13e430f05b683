import type { LeakReport, NextStep, PerDump, ReportAllocation, ReportRegion } from '../model/leak-report.ts';
import { othersId } from './cap-report.ts';

export function lastKnown(values: PerDump<number>): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** Difference to the dump before, null where either is not known. */
export function steps(values: PerDump<number>): (number | null)[] {
  return values.map((value, index) => {
    const before = index === 0 ? null : (values[index - 1] ?? null);
    return value === null || before === null ? null : value - before;
  });
}

/** From first to last dump; absent counts as nothing, for a region that came is growth too. */
export function change(values: PerDump<number>): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

/** The classes that the verdict names, in its order. */
export function suspectsOf(report: LeakReport): ReportAllocation[] {
  return report.verdict.suspects
    .map((id) => report.allocations.find((allocation) => allocation.id === id))
    .filter((allocation) => allocation !== undefined);
}

/** Whether the baseline accepts the growth of this class. */
export function isKnown(report: LeakReport, { id }: ReportAllocation): boolean {
  return report.gate?.known.includes(id) ?? false;
}

/** What the baseline makes of the suspects, in a sentence; nothing where it knows of none. */
export function knownWords(report: LeakReport): string | null {
  const suspects = suspectsOf(report);
  const known = suspects.filter((suspect) => isKnown(report, suspect));
  if (known.length === 0) return null;
  if (known.length < suspects.length)
    return `The baseline accepts the growth of ${known.length} of the ${suspects.length} suspects; it is marked as known.`;
  return suspects.length === 1
    ? 'The baseline accepts this growth: it is known.'
    : 'The baseline accepts the growth of all suspects: it is known.';
}

/** Steps in a debugger that show the blocks of a suspect. */
export function debuggerSteps(report: LeakReport, { id }: ReportAllocation): NextStep[] {
  return report.nextSteps.filter((step) => step.allocation === id && step.tool !== 'shell');
}

/** All other steps: what to look at in the process, what to capture, what to record. */
export function generalSteps(report: LeakReport): NextStep[] {
  return report.nextSteps.filter((step) => step.tool === 'shell' || step.allocation === null);
}

/** Reasons that the verdict's sentence does not give already. */
export function furtherReasons(report: LeakReport): string[] {
  const { summary, reasons } = report.verdict;
  return reasons.map((reason) => reason.text).filter((text) => !summary.includes(text));
}

/** Regions that grow, largest growth first; the row of the others never among them. */
export function growingRegions(report: LeakReport): ReportRegion[] {
  return report.regions
    .filter((region) => region.growthBytes > 0 && region.id !== othersId)
    .sort((a, b) => b.growthBytes - a.growthBytes);
}

/** Regions that do not grow, largest first. */
export function quietRegions(report: LeakReport): ReportRegion[] {
  return report.regions
    .filter((region) => region.growthBytes <= 0 && region.id !== othersId)
    .sort((a, b) => (lastKnown(b.mappedBytes) ?? 0) - (lastKnown(a.mappedBytes) ?? 0));
}

export function otherRegionsRow(report: LeakReport): ReportRegion | undefined {
  return report.regions.find((region) => region.id === othersId);
}

/** The size that shows a region's growth: mapped where the region itself grew, populated where it filled up. */
export function growthSeries(region: ReportRegion): {
  readonly what: 'mapped' | 'populated';
  readonly values: PerDump<number>;
} {
  return change(region.populatedBytes) > change(region.mappedBytes)
    ? { what: 'populated', values: region.populatedBytes }
    : { what: 'mapped', values: region.mappedBytes };
}

/** A region's addresses in the last dump that has it. */
export function lastRange(region: ReportRegion): { readonly start: string; readonly end: string } | null {
  const dump = region.start.findLastIndex((start) => start !== null);
  const start = region.start[dump];
  const end = region.end[dump];
  return typeof start === 'string' && typeof end === 'string' ? { start, end } : null;
}

/** Files that were copied together carry the time of the copy: such times say nothing. Milliseconds. */
const shortestSpan = 1000;

/** Milliseconds of each dump after the first; null when a time is missing or the times say nothing. */
export function elapsedTimes(report: LeakReport): number[] | null {
  const times = report.dumps.map((dump) => (dump.capturedAt === null ? Number.NaN : Date.parse(dump.capturedAt)));
  const isForward = times.every((time, index) => index === 0 || time > times[index - 1]!);
  const elapsed = times.map((time) => time - times[0]!);
  return isForward && elapsed.length > 0 && elapsed.at(-1)! >= shortestSpan ? elapsed : null;
}

/** The name of the process, where a dump says it. Untrusted text. */
export function processName(report: LeakReport): string | null {
  return report.dumps.find((dump) => dump.processName !== null)?.processName ?? null;
}

/**
 * Which dumps a narrow table shows: all when there are few, else the first, the last and some evenly between. Indices
 * in capture order.
 */
export function shownDumps(dumpCount: number, most: number): number[] {
  const shown = Math.max(2, Math.min(dumpCount, most));
  if (dumpCount <= shown) return Array.from({ length: dumpCount }, (_, index) => index);
  return Array.from({ length: shown }, (_, index) => Math.round((index * (dumpCount - 1)) / (shown - 1)));
}
