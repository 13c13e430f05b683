// Which classes grow no faster than they did in an accepted report.
import type { LeakReport, ReportAllocation } from '../model/leak-report.ts';

/** A class that was accepted: what identifies it, and how fast it grew. Bytes. */
export interface AcceptedClass {
  readonly allocator: string | null;
  readonly strideBytes: number;
  readonly bytesPerStep: number;
  /** Null where the report had no times. */
  readonly bytesPerHour: number | null;
}

/** Two runs of the same program never grow by the same byte. */
const tolerance = 1.1;

/** Ids of growing classes that grow at most a tenth faster than accepted: by the hour where both have times, else by the step. */
export function knownGrowth(report: LeakReport, accepted: readonly AcceptedClass[]): string[] {
  const growing = report.allocations.filter((one) => one.growthBytes > 0);
  return growing.filter((one) => isAccepted(one, growing, accepted, report.dumps.length - 1)).map(({ id }) => id);
}

/** Content may tell several classes of one stride apart, and need not do so in the next run: they are taken together. */
function isAccepted(
  one: ReportAllocation,
  growing: readonly ReportAllocation[],
  accepted: readonly AcceptedClass[],
  steps: number,
): boolean {
  const isSame = (other: Pick<AcceptedClass, 'allocator' | 'strideBytes'>) =>
    other.strideBytes === one.strideBytes && other.allocator === one.allocator;
  const before = accepted.filter(isSame);
  if (before.length === 0) return false;
  const now = growing.filter(isSame);
  const perHour = addUp(now.map(({ bytesPerHour }) => bytesPerHour));
  const perHourBefore = addUp(before.map(({ bytesPerHour }) => bytesPerHour));
  if (perHour !== null && perHourBefore !== null) return perHour <= perHourBefore * tolerance;
  const perStep = now.reduce((sum, { growthBytes }) => sum + growthBytes, 0) / steps;
  return perStep <= before.reduce((sum, { bytesPerStep }) => sum + bytesPerStep, 0) * tolerance;
}

function addUp(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}
