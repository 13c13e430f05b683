// How a quantity went over the dumps. The rules stand in docs/detection.md.
import type { Trend } from '../model/leak-report.ts';

/** The last step at most this share of the fastest one: it levels off. */
const levelledShare = 0.1;
/** The same for rates, which is stricter proof, since the time between the dumps is taken out. */
const levelledRateShare = 0.25;
/** One step with this share of all growth is a jump. */
const jumpShare = 0.9;

/**
 * @param values one per dump, in capture order
 * @param hours between neighbouring dumps; null where times are not known
 * @param noise changes up to this size are nothing
 */
export function trendOf(values: readonly number[], hours: readonly number[] | null, noise: number): Trend {
  const steps = values.slice(1).map((value, index) => value - values[index]!);
  const total = values.at(-1)! - values[0]!;
  const rises = steps.filter((step) => step > noise);
  const falls = steps.filter((step) => step < -noise);
  if (rises.length === 0 && falls.length === 0)
    return Math.abs(total) <= noise * 2 ? 'flat' : total > 0 ? 'steady' : 'shrinking';
  if (rises.length === 0) return 'shrinking';
  if (falls.length > 0) return 'sawtooth';
  return risingTrend(steps, hours, total);
}

function risingTrend(steps: readonly number[], hours: readonly number[] | null, total: number): Trend {
  if (steps.length === 1) return 'jump';
  const largest = Math.max(...steps);
  const last = steps.at(-1)!;
  if (isLevelled(steps, hours, largest, last)) return 'saturating';
  return largest >= jumpShare * total ? 'jump' : 'steady';
}

function isLevelled(steps: readonly number[], hours: readonly number[] | null, largest: number, last: number): boolean {
  if (last <= levelledShare * largest) return true;
  if (
    steps.length >= 3 &&
    last <= largest / 2 &&
    steps.every((step, index) => index === 0 || step < steps[index - 1]!)
  ) {
    return true;
  }
  if (!hours) return false;
  const rates = steps.map((step, index) => step / hours[index]!);
  return last <= largest / 2 && rates.at(-1)! <= levelledRateShare * Math.max(...rates);
}
