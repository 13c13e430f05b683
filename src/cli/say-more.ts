// What --verbose adds, on stderr: every warning, and what took how long.
import type { LeakReport } from '../model/leak-report.ts';
import { printBytes } from '../text/print-quantity.ts';
import { say } from './terminal.ts';

export interface Stopwatch {
  /** Ends a step that began with the lap before. */
  lap(step: string): void;
  readonly laps: readonly { readonly step: string; readonly milliseconds: number }[];
}

export function newStopwatch(): Stopwatch {
  const laps: { step: string; milliseconds: number }[] = [];
  let last = performance.now();
  return {
    laps,
    lap(step) {
      const now = performance.now();
      laps.push({ step, milliseconds: now - last });
      last = now;
    },
  };
}

export function sayMore(report: LeakReport, stopwatch: Stopwatch): void {
  for (const dump of report.dumps) {
    for (const { code, message, offset } of dump.warnings) {
      const place = offset === null ? '' : ` at file offset 0x${offset.toString(16)}`;
      say(`${dump.path}: ${message} (${code}${place})`);
    }
  }
  const took = stopwatch.laps.map(({ step, milliseconds }) => `${step} ${seconds(milliseconds)}`);
  // CPU times are in microseconds, maxRSS in KB.
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const processor = seconds((userCPUTime + systemCPUTime) / 1000);
  say(`${took.join(', ')}; ${processor} of processor time, at most ${printBytes(maxRSS * 1024)} of memory`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
