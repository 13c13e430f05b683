// The fast part of the accuracy benchmark: real processes, captured and scored.
import { describe, expect, it } from 'vitest';
import { quickPlan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { missingTools } from './tools.ts';

const missing = missingTools();
const title =
  missing.length > 0
    ? `accuracy on real captures (skipped: no ${missing.join(', ')} here)`
    : 'accuracy on real captures';

describe.skipIf(missing.length > 0)(title, () => {
  it('names every leak of the quick plan, and accuses no healthy process', { timeout: 300_000 }, async () => {
    const result = await runPlan(quickPlan(), { jobs: 2 });
    expect(result.failed).toEqual([]);
    const faults = [...result.leaks, ...result.healthy].flatMap(({ one, faults }) =>
      faults.map((fault) => `${one.id}: ${fault}`),
    );
    expect(faults).toEqual([]);
    expect(result.leaks.length).toBeGreaterThan(0);
  });
});
