// The verdict as the report has it, and the growth that it is about: known before anything else is described.
import type { Allocator } from '../allocators/allocator.ts';
import type { Decided } from '../diff-dumps.ts';
import type { ReportGrowth, ReportVerdict } from '../model/leak-report.ts';
import { classNumbers } from './class-numbers.ts';
import { summarize } from './summarize.ts';
import { timeToLimit, timeToLimitText } from './time-to-limit.ts';

export interface VerdictOptions {
  readonly allocators: readonly Allocator[];
  /** Size in bytes of which the report says when the process reaches it. */
  readonly limitBytes?: number | undefined;
}

export function buildVerdict(result: Decided, options: VerdictOptions): Omit<ReportVerdict, 'suspects'> {
  const { status, reasons, suspects } = result.decision;
  const growth = buildGrowth(result, options);
  const numbers = suspects.map((one) => classNumbers(one, result, options.allocators));
  const ofLimit = growth.timeToLimit && { code: 'time-to-limit', text: timeToLimitText(growth.timeToLimit) };
  return {
    status,
    summary: summarize(result, growth, numbers),
    reasons: ofLimit ? [...reasons, ofLimit] : reasons,
  };
}

export function buildGrowth(result: Decided, { limitBytes }: Pick<VerdictOptions, 'limitBytes'>): ReportGrowth {
  const { mappedBytes, committedBytes, populatedBytes, totalGrowth } = result.totals;
  const explained = result.decision.suspects.reduce((sum, one) => sum + one.growthBytes, 0);
  const explainedBytes = Math.min(totalGrowth, explained);
  const hours = result.hours?.reduce((sum, one) => sum + one, 0) ?? null;
  const net = Math.max(committedBytes.at(-1)! - committedBytes[0]!, populatedBytes.at(-1)! - populatedBytes[0]!);
  const ratio = (value: number, base: number) => (base > 0 ? value / base : 1);
  return {
    mappedBytes,
    populatedBytes,
    totalBytes: totalGrowth,
    explainedBytes,
    explainedShare: totalGrowth > 0 ? explainedBytes / totalGrowth : 0,
    trend: result.trend,
    bytesPerHour: hours === null ? null : net / hours,
    timeToLimit: limitBytes === undefined ? null : timeToLimit(mappedBytes, result.hours, limitBytes),
    ratios: {
      toFirst: mappedBytes.map((value) => ratio(value, mappedBytes[0]!)),
      toPrevious: mappedBytes.map((value, index) => ratio(value, mappedBytes[Math.max(0, index - 1)]!)),
    },
  };
}
