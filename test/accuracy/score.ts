// Holds what leakviz finds against what the program counted.
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import type { LeakReport, ReportAllocation, VerdictStatus } from '../../src/model/leak-report.ts';
import { openDumps } from '../../src/open-dumps.ts';
import type { Capture, StrideTruth } from './capture.ts';
import type { HealthyCase, LeakCase } from './cases.ts';

/** One leak of a capture; leaks whose blocks share a stride are one, for nothing tells their counts apart. */
interface TrueLeak {
  readonly requests: readonly number[];
  /** The commonest first. */
  readonly strides: readonly number[];
}

export interface CountCheck {
  readonly want: number;
  readonly got: number;
  /** Difference as a share of the true growth. */
  readonly error: number;
  readonly holds: boolean;
}

export interface LeakScore {
  readonly one: LeakCase;
  readonly status: VerdictStatus;
  readonly isVerdictRight: boolean;
  /** Every leak has a suspect with its stride. */
  readonly isExact: boolean;
  /** Suspects whose stride is a multiple or a divisor of a leak's, and no leak's. */
  readonly harmonics: readonly number[];
  /** Suspects that are no leak. */
  readonly wrongSuspects: readonly number[];
  /** Suspects with a stride that no block has. */
  readonly strangers: readonly number[];
  readonly counts: readonly CountCheck[];
  /** Per leak that was named and whose allocator has a request range: whether the request lies in it. */
  readonly ranges: readonly boolean[];
  readonly faults: readonly string[];
  readonly seconds: number;
}

export interface HealthyScore {
  readonly one: HealthyCase;
  readonly status: VerdictStatus;
  readonly isFalseAlarm: boolean;
  /** Strides named as likely although the verdict is none; a collector's garbage may be. */
  readonly named: readonly number[];
  readonly faults: readonly string[];
  readonly seconds: number;
}

export async function reportOn(paths: readonly string[]): Promise<LeakReport> {
  const dumps = await openDumps(paths);
  try {
    const result = await diffDumps(dumps, { allocators, withCells: false, bytesPerCell: undefined });
    return buildReport(result, { allocators, version: 'benchmark', fullPaths: false });
  } finally {
    for (const dump of dumps) dump.close();
  }
}

function suspectsOf(report: LeakReport): ReportAllocation[] {
  return report.verdict.suspects.map((id) => report.allocations.find((row) => row.id === id)!);
}

export function scoreHealthy(one: HealthyCase, report: LeakReport, seconds: number): HealthyScore {
  const { status } = report.verdict;
  const named = suspectsOf(report).map((row) => row.strideBytes);
  const isFalseAlarm = status === 'leak';
  const faults = isFalseAlarm ? [`accused of a leak of ${suspectsOf(report).map(printSuspect).join(', ')}`] : [];
  return { one, status, isFalseAlarm, named, faults, seconds };
}

function printSuspect(row: ReportAllocation): string {
  return `${row.strideBytes} (${row.counts.join(' → ')})`;
}

export function scoreLeak(one: LeakCase, captured: Capture, report: LeakReport, seconds: number): LeakScore {
  const { truth } = captured;
  const suspects = suspectsOf(report);
  const leaks = trueLeaks(one, truth.at(-1)!);
  const leakStrides = new Set(leaks.flatMap((leak) => leak.strides));
  const wrong = suspects.map((row) => row.strideBytes).filter((stride) => !leakStrides.has(stride));
  const realStrides = new Set(truth.flatMap((list) => list.map(({ stride }) => stride)));
  const expected = one.dumps < 3 ? 'growth' : 'leak';
  const checks = leaks.map((leak) => checkLeak(leak, suspects, truth));
  const score = {
    one,
    status: report.verdict.status,
    isVerdictRight: report.verdict.status === expected,
    isExact: checks.every((check) => check.isNamed),
    harmonics: wrong.filter((stride) => leaks.some((leak) => isHarmonic(stride, leak))),
    wrongSuspects: wrong,
    strangers: wrong.filter((stride) => !realStrides.has(stride)),
    counts: checks.flatMap((check) => check.counts),
    ranges: checks.flatMap((check) => (check.isInRange === null ? [] : [check.isInRange])),
    seconds,
  };
  const faults = checks.flatMap((check) => check.faults);
  if (!score.isVerdictRight) faults.push(`verdict ${score.status}, should be ${expected}`);
  for (const stride of wrong) faults.push(`suspect ${stride} is no leak`);
  return { ...score, faults };
}

function isHarmonic(stride: number, leak: TrueLeak): boolean {
  return leak.strides.some((own) => own !== stride && (stride % own === 0 || own % stride === 0));
}

function trueLeaks(one: LeakCase, last: readonly StrideTruth[]): TrueLeak[] {
  const merged: { requests: number[]; strides: Map<number, number> }[] = [];
  for (const [index, { request }] of one.leaks.entries()) {
    const strides = new Map(
      last.flatMap(({ stride, leaked }) => (leaked[index]! > 0 ? [[stride, leaked[index]!]] : [])),
    );
    const same = merged.find((leak) => [...strides.keys()].some((stride) => leak.strides.has(stride)));
    if (!same) {
      merged.push({ requests: [request], strides });
      continue;
    }
    same.requests.push(request);
    for (const [stride, count] of strides) same.strides.set(stride, (same.strides.get(stride) ?? 0) + count);
  }
  return merged.map(({ requests, strides }) => ({
    requests,
    strides: [...strides].sort((a, b) => b[1] - a[1]).map(([stride]) => stride),
  }));
}

interface LeakCheck {
  readonly isNamed: boolean;
  readonly counts: readonly CountCheck[];
  readonly isInRange: boolean | null;
  readonly faults: string[];
}

function checkLeak(leak: TrueLeak, suspects: readonly ReportAllocation[], truth: Capture['truth']): LeakCheck {
  const named = suspects.filter((row) => leak.strides.includes(row.strideBytes));
  if (named.length === 0) {
    return { isNamed: false, counts: [], isInRange: null, faults: [`missed ${leak.strides.join('/')}`] };
  }
  const counts = truth.slice(1).map((_, index) => checkStep(leak, named, truth, index + 1));
  const faults = counts
    .filter((check) => !check.holds)
    .map(({ want, got }) => `${leak.strides[0]}: ${got} new blocks, truth ${want}`);
  const usual = named.find((row) => row.strideBytes === leak.strides[0] && row.allocator !== null);
  const isInRange = usual ? holdsRequests(usual, leak.requests) : null;
  if (isInRange === false) {
    const range = usual!.requestBytes;
    faults.push(`request ${leak.requests.join(', ')} outside ${range ? `${range.min}..${range.max}` : 'no range'}`);
  }
  return { isNamed: true, counts, isInRange, faults };
}

/** A range wider than the steps between an allocator's classes says nothing. */
function holdsRequests(row: ReportAllocation, requests: readonly number[]): boolean {
  const range = row.requestBytes;
  if (!range || range.max - range.min > widestRange(row)) return false;
  return requests.every((request) => request >= range.min && request <= range.max);
}

/** Classes lie a quarter apart at most, but mimalloc gives large blocks a number of slices, or of pages of 512 KB. */
function widestRange({ allocator, strideBytes }: ReportAllocation): number {
  if (allocator === 'mimalloc' && strideBytes > 128 << 10) return strideBytes > 512 << 10 ? 512 << 10 : 64 << 10;
  return Math.max(32, strideBytes * 0.26);
}

/** What the churning cache holds of the same stride is known too, and taken out of what was counted. */
function checkStep(
  leak: TrueLeak,
  named: readonly ReportAllocation[],
  truth: Capture['truth'],
  step: number,
): CountCheck {
  const grew = (stride: number, of: (one: StrideTruth) => number) => {
    const at = (index: number) =>
      truth[index]!.filter((one) => one.stride === stride).reduce((sum, one) => sum + of(one), 0);
    return at(step) - at(step - 1);
  };
  const want = leak.strides.reduce(
    (sum, stride) => sum + grew(stride, (one) => one.leaked.reduce((a, b) => a + b, 0)),
    0,
  );
  const strides = new Set(named.map((row) => row.strideBytes));
  const churn = [...strides].reduce((sum, stride) => sum + grew(stride, (one) => one.cached), 0);
  const counted = named.reduce((sum, row) => sum + ((row.counts[step] ?? 0) - (row.counts[step - 1] ?? 0)), 0);
  const got = counted - churn;
  return { want, got, error: Math.abs(got - want) / want, holds: Math.abs(got - want) <= Math.max(2, want * 0.01) };
}
