// Entry of the accuracy benchmark: tsx test/accuracy/run.ts [--quick] [--only TEXT] [--keep DIR] [--jobs N] [--seed N]
// [--report FILE] [--list]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, describeCase } from './cases.ts';
import { fullPlan, quickPlan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import type { HealthyScore, LeakScore } from './score.ts';
import { missingTools } from './tools.ts';
import { accuracyReport } from './write-report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    /** Cases whose id or description holds this. */
    only: { type: 'string' },
    /** Draws another plan. */
    seed: { type: 'string' },
    keep: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    /** Written when the whole published plan ran, to docs/accuracy.md unless given. */
    report: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

const holds = (one: Case) => !values.only || `${one.id} ${describeCase(one)}`.includes(values.only);
const drawn = values.seed === undefined ? fullPlan() : fullPlan(Number(values.seed));
const plan = (values.quick ? quickPlan() : drawn).filter(holds);
const missing = missingTools();
if (values.list) for (const one of plan) console.log(`${one.id}: ${describeCase(one)}`);
else if (missing.length > 0) {
  console.error(`The benchmark needs ${missing.join(', ')}.`);
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  const start = performance.now();
  const result = await runPlan(plan, {
    jobs: Number(values.jobs),
    keep: values.keep,
    signal: controller.signal,
    onScore: (score, done, all) => console.log(`${done}/${all} ${printScore(score)}`),
  });
  for (const { one, reason } of result.failed) console.log(`FAILED ${one.id}: ${reason}`);
  const report = accuracyReport(result, { planned: plan.length, minutes: (performance.now() - start) / 60_000 });
  const isWhole = !values.quick && !values.only && values.seed === undefined;
  const path = values.report ?? (isWhole ? join(import.meta.dirname, '../../docs/accuracy.md') : undefined);
  if (path) writeFileSync(path, report);
  else console.log(report);
}

function printScore(score: LeakScore | HealthyScore): string {
  const mark = score.faults.length > 0 ? 'MISS' : 'ok  ';
  return `${mark} ${score.one.id}: ${describeCase(score.one)}: ${score.status}${score.faults.length > 0 ? `; ${score.faults.join('; ')}` : ''}`;
}
