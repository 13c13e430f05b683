// Whether a build should fail, from the report alone. What cannot be judged fails: a gate that is green because nothing
// was measured is worse than none.
import type { GateCondition, LeakReport, ReportAllocation, ReportGate } from '../model/leak-report.ts';
import { printBytes, printCount, printExactBytes, printRate } from '../text/print-quantity.ts';

/** A condition as it was parsed. `text` is what was given. */
export type GateRule =
  | { readonly kind: 'verdict'; readonly text: string; readonly status: 'leak' | 'growth' | 'inconclusive' }
  | { readonly kind: 'growth'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'rate'; readonly text: string; readonly bytesPerHour: number }
  | { readonly kind: 'count'; readonly text: string; readonly stride: number; readonly blocks: number };

/** Growth left over beside known classes that is not worth a word: pages and rounding. */
const negligibleShare = 0.1;

/** @param known ids of classes whose growth is accepted */
export function judgeGate(report: LeakReport, rules: readonly GateRule[], known: readonly string[]): ReportGate {
  const facts = factsOf(report, new Set(known));
  const conditions = rules.map((rule) => judge(rule, facts));
  return { failed: conditions.some(({ holds }) => holds !== false), conditions, known };
}

interface GateFacts {
  readonly report: LeakReport;
  readonly known: ReadonlySet<string>;
  /** Growth of the process without the known classes, in bytes. */
  readonly unknownGrowth: number;
  /** First dump to last; null where no times are known. */
  readonly hours: number | null;
  /** Said behind a number that leaves the known classes out. */
  readonly note: string;
  readonly isTooLittle: boolean;
}

function factsOf(report: LeakReport, known: ReadonlySet<string>): GateFacts {
  const knownBytes = report.allocations
    .filter(({ id }) => known.has(id))
    .reduce((sum, one) => sum + Math.max(0, one.growthBytes), 0);
  return {
    report,
    known,
    unknownGrowth: Math.max(0, report.growth.totalBytes - knownBytes),
    hours: hoursOf(report),
    note: knownBytes > 0 ? `, without ${printBytes(knownBytes)} that the baseline accepts` : '',
    isTooLittle: report.verdict.reasons.some(({ code }) => code === 'too-little-captured'),
  };
}

/** The report gives rates only where its times can be trusted. */
function hoursOf({ dumps, growth }: LeakReport): number | null {
  if (growth.bytesPerHour === null) return null;
  const [first, last] = [dumps[0]!, dumps.at(-1)!].map(({ capturedAt }) => Date.parse(capturedAt ?? ''));
  const hours = (last! - first!) / 3_600_000;
  return hours > 0 ? hours : null;
}

type Judged = Omit<GateCondition, 'text'>;

function judge(rule: GateRule, facts: GateFacts): GateCondition {
  const { text } = rule;
  const empty = facts.report.dumps.findIndex((dump) => dump.capturedBytes === 0);
  if (empty >= 0) return { text, holds: null, why: `Dump ${empty + 1} holds no memory at all: nothing was captured.` };
  switch (rule.kind) {
    case 'verdict':
      return { text, ...judgeVerdict(rule.status, facts) };
    case 'growth':
      return { text, ...judgeGrowth(rule.bytes, facts) };
    case 'rate':
      return { text, ...judgeRate(rule.bytesPerHour, facts) };
    case 'count':
      return { text, ...judgeCount(rule, facts) };
  }
}

function judgeVerdict(asked: 'leak' | 'growth' | 'inconclusive', facts: GateFacts): Judged {
  const { verdict, dumps } = facts.report;
  const { status } = verdict;
  const is = `The verdict is ${status}`;
  if (status === 'inconclusive') {
    const reason = verdict.reasons[0]?.text ?? '';
    return { holds: asked === 'inconclusive' ? true : null, why: `${is}. ${reason}`.trim() };
  }
  if (asked === 'inconclusive' || status === 'none') return { holds: false, why: `${is}.` };
  if (status === 'leak' || asked === 'growth') return judgeKnown(asked, facts);
  if (isBetweenRuns(facts))
    return {
      holds: null,
      why: 'Memory grows from run to run, which never shows a leak: compare three dumps of one run.',
    };
  // Two dumps never give more than growth: a gate on `leak` would be green whatever happens.
  if (dumps.length < 3)
    return { holds: null, why: 'Memory grows, and two dumps never show whether it is a leak: take a third.' };
  return { holds: false, why: `${is}: memory grows, but not as a leak.` };
}

function isBetweenRuns({ report }: GateFacts): boolean {
  return report.verdict.reasons.some(({ code }) => code === 'different-runs');
}

/** The verdict is what was asked for, but for what the baseline accepts. */
function judgeKnown(asked: 'leak' | 'growth' | 'inconclusive', facts: GateFacts): Judged {
  const { verdict, growth } = facts.report;
  const is = `The verdict is ${verdict.status}`;
  const unknown = verdict.suspects.filter((id) => !facts.known.has(id));
  const isExplained =
    asked === 'leak'
      ? verdict.suspects.length > 0
      : facts.known.size > 0 && facts.unknownGrowth <= negligibleShare * growth.totalBytes;
  if (unknown.length === 0 && isExplained) {
    return {
      holds: false,
      why: `${is}, but the baseline accepts ${asked === 'leak' ? 'all suspects' : 'this growth'}.`,
    };
  }
  if (asked === 'growth') {
    return { holds: true, why: `${is}: memory grew by ${printBytes(facts.unknownGrowth)}${facts.note}.` };
  }
  const names = unknown.slice(0, 3).map((id) => describe(facts.report.allocations.find((one) => one.id === id)));
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : '';
  return { holds: true, why: `${is}: ${names.join(', ')}${more}.` };
}

function describe(suspect: ReportAllocation | undefined): string {
  if (!suspect) return 'blocks of a size';
  return `blocks of ${printExactBytes(suspect.strideBytes)} +${printBytes(suspect.growthBytes)}`;
}

function judgeGrowth(limit: number, facts: GateFacts): Judged {
  const why = `Memory grew by ${printBytes(facts.unknownGrowth)}${facts.note}.`;
  return judgeAmount(facts.unknownGrowth > limit, why, facts);
}

function judgeRate(limit: number, facts: GateFacts): Judged {
  if (facts.hours === null) {
    if (isBetweenRuns(facts))
      return { holds: null, why: 'There is no rate from run to run: compare dumps of one run.' };
    return { holds: null, why: 'There is no rate without capture times: give --interval or --times.' };
  }
  const rate = facts.unknownGrowth / facts.hours;
  return judgeAmount(rate > limit, `Memory grows by ${printRate(rate)}${facts.note}.`, facts);
}

/** What was seen is a lower bound where dumps hold too little: enough to fail, too little to pass. */
function judgeAmount(isMore: boolean, why: string, facts: GateFacts): Judged {
  if (isMore || !facts.isTooLittle) return { holds: isMore, why };
  return { holds: null, why: `${why} The dumps hold too little of the memory to say that it was no more.` };
}

function judgeCount(rule: { readonly stride: number; readonly blocks: number }, facts: GateFacts): Judged {
  const { report, known } = facts;
  const blocks = `blocks of ${printExactBytes(rule.stride)}`;
  const classes = report.allocations.filter((one) => one.strideBytes === rule.stride);
  const counted = classes.filter(({ id }) => !known.has(id));
  if (classes.length === 0) {
    if (report.heaps.length === 0)
      return { holds: null, why: `No heap could be walked, so ${blocks} are not counted.` };
    return judgeAmount(false, `There are no ${blocks}.${strideHint(report, rule.stride)}`, facts);
  }
  if (counted.length === 0) return { holds: false, why: `The baseline accepts the growth of ${blocks}.` };
  if (counted.some((one) => one.counts[0] === null || one.counts.at(-1) === null)) {
    return { holds: null, why: `Not all dumps tell how many ${blocks} there are.` };
  }
  const growth = counted.reduce((sum, one) => sum + one.growthCount, 0);
  const error = Math.max(...counted.map((one) => one.countError));
  const exactness = error > 0 ? `, within ${Math.round(error * 100)} %` : '';
  return judgeAmount(growth > rule.blocks, `Live ${blocks} grew by ${printCount(growth)}${exactness}.`, facts);
}

/** A request size where a stride was asked for is an easy mistake, and would be a gate that never fails. */
function strideHint(report: LeakReport, size: number): string {
  const meant = report.allocations.find(
    ({ requestBytes }) => requestBytes !== null && requestBytes.min <= size && size <= requestBytes.max,
  );
  return meant ? ` Requests of ${printExactBytes(size)} are in blocks of ${printExactBytes(meant.strideBytes)}.` : '';
}
