// When the process reaches a size, if it goes on as between the dumps.
import type { TimeToLimit } from '../model/leak-report.ts';
import { printBytes, printDuration } from '../text/print-quantity.ts';

/**
 * The interval is that of the slowest and the fastest step: three dumps bear no finer statistics.
 * @param sizes of the process in bytes, one per dump
 * @param hours between neighbouring dumps; null when not known
 */
export function timeToLimit(
  sizes: readonly number[],
  hours: readonly number[] | null,
  limitBytes: number,
): TimeToLimit | null {
  if (!hours) return null;
  const left = Math.max(0, limitBytes - sizes.at(-1)!);
  const all = hours.reduce((sum, one) => sum + one, 0);
  const mean = (sizes.at(-1)! - sizes[0]!) / all;
  if (mean <= 0) return null;
  const rates = hours.map((one, index) => (sizes[index + 1]! - sizes[index]!) / one);
  const slowest = Math.min(...rates);
  return {
    limitBytes,
    hours: left / mean,
    hoursAtFastest: left / Math.max(...rates),
    hoursAtSlowest: slowest > 0 ? left / slowest : null,
  };
}

export function timeToLimitText(time: TimeToLimit): string {
  const limit = printBytes(time.limitBytes);
  if (time.hours === 0) return `The process has reached ${limit} already.`;
  const print = (hours: number) => printDuration(hours * 3_600_000);
  const slowest = time.hoursAtSlowest === null ? 'never, by the slowest step' : print(time.hoursAtSlowest);
  return `If it goes on like this, the process reaches ${limit} in ${print(time.hours)} (${print(time.hoursAtFastest)} by the fastest step, ${slowest}${time.hoursAtSlowest === null ? '' : ' by the slowest'}).`;
}
