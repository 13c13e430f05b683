// Captures and scores the cases of a plan, two at a time: while one is captured, the other is looked into.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './capture.ts';
import type { Case } from './cases.ts';
import { type HealthyScore, type LeakScore, reportOn, scoreHealthy, scoreLeak } from './score.ts';
import { prepareTools, versionsOf, whyNotHere } from './tools.ts';

export interface RunOptions {
  readonly jobs: number;
  /** Where the dumps of misses go; undefined throws them away like all others. */
  readonly keep?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onScore?: (score: LeakScore | HealthyScore, done: number, all: number) => void;
}

export interface RunResult {
  readonly leaks: readonly LeakScore[];
  readonly healthy: readonly HealthyScore[];
  /** Cases that this machine cannot capture, and why. */
  readonly skipped: readonly { readonly one: Case; readonly reason: string }[];
  /** Cases whose capture failed: nothing was scored. */
  readonly failed: readonly { readonly one: Case; readonly reason: string }[];
  readonly versions: ReturnType<typeof versionsOf>;
}

export async function runPlan(plan: readonly Case[], options: RunOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-accuracy-'));
  try {
    const tools = prepareTools(folder);
    const reasons = plan.map((one) => ({ one, reason: whyNotHere(one, tools) }));
    const skipped = reasons.flatMap(({ one, reason }) => (reason === null ? [] : [{ one, reason }]));
    const queue = reasons.filter(({ reason }) => reason === null).map(({ one }) => one);
    const result = {
      leaks: [] as LeakScore[],
      healthy: [] as HealthyScore[],
      failed: [] as { one: Case; reason: string }[],
    };
    let next = 0;
    const lane = async () => {
      while (next < queue.length && !options.signal?.aborted) {
        const one = queue[next++]!;
        try {
          const score = await captureAndScore(one, { tools, folder, keep: options.keep });
          if ('isExact' in score) result.leaks.push(score);
          else result.healthy.push(score);
          options.onScore?.(score, result.leaks.length + result.healthy.length, queue.length);
        } catch (error) {
          result.failed.push({ one, reason: error instanceof Error ? error.message : String(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: options.jobs }, lane));
    return { ...result, skipped, versions: versionsOf(tools) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function captureAndScore(
  one: Case,
  context: {
    readonly tools: ReturnType<typeof prepareTools>;
    readonly folder: string;
    readonly keep: string | undefined;
  },
): Promise<LeakScore | HealthyScore> {
  const folder = join(context.folder, one.id);
  mkdirSync(folder);
  try {
    const captured = await capture(one, context.tools, folder);
    const start = performance.now();
    const report = await reportOn(captured.dumps);
    const seconds = (performance.now() - start) / 1000;
    const score = one.kind === 'leak' ? scoreLeak(one, captured, report, seconds) : scoreHealthy(one, report, seconds);
    if (context.keep && score.faults.length > 0) {
      writeFileSync(join(folder, 'truth.json'), JSON.stringify({ one, faults: score.faults, truth: captured.truth }));
      cpSync(folder, join(context.keep, one.id), { recursive: true, preserveTimestamps: true });
    }
    return score;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
