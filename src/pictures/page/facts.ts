import type { LeakReport } from '../../model/leak-report.ts';
import { bytesChangeText, bytesText, timeText } from './size-text.ts';

/** `leakviz 0.1.0 · Overview · 2 of 3 · service-2.dmp`. */
export function dumpTitle(report: LeakReport, what: string, dump: number): string {
  return `${toolText(report)} · ${what} · dump ${dump + 1} of ${report.dumps.length}: ${report.dumps[dump]?.path ?? ''}`;
}

/** `leakviz 0.1.0 · Growth · service-1.dmp → service-3.dmp`. */
export function seriesTitle(report: LeakReport, what: string): string {
  const count = report.dumps.length;
  return `${toolText(report)} · ${what} · ${report.dumps[0]?.path ?? ''} → ${report.dumps.at(-1)?.path ?? ''} (${count} dumps)`;
}

/** `leakviz 0.1.0 · Change · service-1.dmp → service-2.dmp (2 of 3)`; `dump` is the later one. */
export function pairTitle(report: LeakReport, what: string, dump: number): string {
  const [before, after] = [report.dumps[dump - 1], report.dumps[dump]].map((one) => one?.path ?? '');
  return `${toolText(report)} · ${what} · ${before} → ${after} (dumps ${dump} and ${dump + 1} of ${report.dumps.length})`;
}

/** Times and sizes of a dump and the one before. */
export function pairFacts(report: LeakReport, dump: number): string[] {
  const before = report.dumps[dump - 1];
  const after = report.dumps[dump];
  if (!before || !after) return [];
  return [
    `${timeText(before.capturedAt)} → ${timeText(after.capturedAt)}`,
    ...processFacts(report, dump),
    `mapped ${bytesText(before.mappedBytes)} → ${bytesText(after.mappedBytes)}`,
  ];
}

/** `leakviz 0.1.0 · Hatch of blocks of 272 bytes`. */
export function toolTitle(report: LeakReport, what: string): string {
  return `${toolText(report)} · ${what}`;
}

function toolText(report: LeakReport): string {
  return `${report.tool.name} ${report.tool.version}`;
}

/** Time and totals of one dump. */
export function dumpFacts(report: LeakReport, dump: number): string[] {
  const about = report.dumps[dump];
  if (!about) return [];
  return [
    timeText(about.capturedAt),
    ...processFacts(report, dump),
    ...(about.run === report.dumps.at(-1)!.run ? [] : ['another run: addresses are those of the last dump']),
    `mapped ${bytesText(about.mappedBytes)}`,
    `captured ${bytesText(about.capturedBytes)}`,
    `populated ${bytesText(about.populatedBytes)}`,
    `zero bytes ${bytesText(about.zeroBytes)}`,
  ];
}

/** Times and growth of the whole series. */
export function seriesFacts(report: LeakReport): string[] {
  const first = report.dumps[0];
  const last = report.dumps.at(-1);
  if (!first || !last) return [];
  return [
    `${timeText(first.capturedAt)} → ${timeText(last.capturedAt)}`,
    ...processFacts(report, 0),
    `mapped ${bytesText(first.mappedBytes)} → ${bytesText(last.mappedBytes)}`,
    `populated ${bytesText(first.populatedBytes)} → ${bytesText(last.populatedBytes)}`,
    `growth of growing regions ${bytesChangeText(report.growth.totalBytes)}`,
  ];
}

function processFacts(report: LeakReport, dump: number): string[] {
  const { processName, processId, arch } = report.dumps[dump]!;
  const id = processId === null ? '' : ` (process ${processId})`;
  return [`${processName ?? 'process'}${id}, ${arch}`];
}
