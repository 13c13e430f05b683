// The gate between the findings and the exit code.
import { type GateRule, judgeGate } from '../../assemble/judge-gate.ts';
import { type AcceptedClass, knownGrowth } from '../../assemble/known-growth.ts';
import type { LeakReport, ReportGate } from '../../model/leak-report.ts';
import { exitCodes } from '../exit-code.ts';
import { say } from '../terminal.ts';

/** What --fail-on and --baseline asked for. */
export interface GateOptions {
  readonly rules: readonly GateRule[];
  readonly accepted: readonly AcceptedClass[];
}

export function applyGate(report: LeakReport, { rules, accepted }: GateOptions): LeakReport {
  return { ...report, gate: judgeGate(report, rules, knownGrowth(report, accepted)) };
}

const answers = { true: 'holds', false: 'does not hold', null: 'cannot be judged, which fails' } as const;

/** Until it is judged, a gate fails: the run may end before, when nobody reads its output any more. */
export function failUntilJudged(): void {
  // After Ctrl-C, `watch` has a code already.
  process.exitCode ??= exitCodes.gateFailed;
}

/** Says what came of each condition on stderr, and sets the exit code. */
export function sayGate(gate: ReportGate | null): void {
  if (gate === null) return;
  if (process.exitCode === exitCodes.gateFailed) process.exitCode = undefined;
  for (const { text, holds, why } of gate.conditions) say(`--fail-on ${text}: ${answers[`${holds}`]}. ${why}`);
  if (gate.failed) process.exitCode = exitCodes.gateFailed;
}
