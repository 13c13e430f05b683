import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeGate } from '../../src/assemble/judge-gate.ts';
import { knownGrowth } from '../../src/assemble/known-growth.ts';
import { parseConditions } from '../../src/cli/gate/parse-conditions.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { reportAllocation, sampleReport } from '../synth/leak-report.ts';

const mb = 1 << 20;

/** 24.7 MB in 6 minutes: 24.5 MB of them in 392 blocks of 65,552 bytes. */
const leak = sampleReport('leak');

function holds(report: LeakReport, condition: string, known: readonly string[] = []): boolean | null {
  return judgeGate(report, parseConditions(condition), known).conditions[0]!.holds;
}

const without = (report: LeakReport, growth: Partial<LeakReport['growth']>): LeakReport => ({
  ...report,
  growth: { ...report.growth, ...growth },
});

const inconclusive = (code: string) =>
  sampleReport('inconclusive', {
    verdict: { status: 'inconclusive', summary: '', suspects: [], reasons: [{ code, text: 'Too little.' }] },
  });

describe('conditions on the verdict', () => {
  test.each([
    ['leak', 'leak', true],
    ['growth', 'leak', true],
    ['inconclusive', 'leak', false],
    ['leak', 'growth', false],
    ['growth', 'growth', true],
    ['leak', 'none', false],
    ['growth', 'none', false],
    ['leak', 'inconclusive', null],
    ['growth', 'inconclusive', null],
    ['inconclusive', 'inconclusive', true],
  ] as const)('%s, where the verdict is %s: %s', (condition, status, expected) => {
    expect(holds(sampleReport(status), condition)).toBe(expected);
  });

  test('a leak cannot be ruled out by two dumps', () => {
    const report = sampleReport('growth');
    expect(holds({ ...report, dumps: report.dumps.slice(0, 2) }, 'leak')).toBe(null);
  });
});

describe('conditions on numbers', () => {
  test.each([
    ['growth>24MB', true],
    ['growth>26MB', false],
    ['rate>240MB/h', true],
    ['rate>4MB/min', true],
    ['rate>300MB/h', false],
    ['count(65552)>391', true],
    ['count(0x10010)>391', true],
    ['count(65552)>392', false],
    ['count(1040)>0', false],
    ['count(999)>0', false],
  ] as const)('%s: %s', (condition, expected) => {
    expect(holds(leak, condition)).toBe(expected);
  });

  test('a rate without times cannot be judged', () => {
    expect(holds(without(leak, { bytesPerHour: null }), 'rate>1GB/h')).toBe(null);
  });

  test('a size of request where a stride is wanted is pointed out', () => {
    const { conditions } = judgeGate(leak, parseConditions('count(65540)>0'), []);
    expect(conditions[0]!.why).toContain('Requests of 65,540 bytes are in blocks of 65,552 bytes.');
  });

  test('blocks that nobody could count cannot be judged', () => {
    expect(holds({ ...leak, heaps: [] }, 'count(999)>0')).toBe(null);
  });

  test('dumps that hold too little can fail a gate, not pass it', () => {
    const report = without(inconclusive('too-little-captured'), { totalBytes: 8 * mb });
    expect(holds(report, 'growth>5MB')).toBe(true);
    expect(holds(report, 'growth>9MB')).toBe(null);
  });
});

test('nothing can be judged where a dump holds nothing', () => {
  const report = { ...leak, dumps: leak.dumps.map((dump) => ({ ...dump, capturedBytes: 0 })) };
  for (const condition of ['leak', 'growth', 'inconclusive', 'growth>1', 'rate>1/h', 'count(1)>1']) {
    expect(judgeGate(report, parseConditions(condition), [])).toMatchObject({
      failed: true,
      conditions: [{ holds: null }],
    });
  }
});

test('the gate fails exactly when a condition holds or cannot be judged', () => {
  const conditions = fc.subarray(['leak', 'growth', 'inconclusive', 'growth>5MB', 'rate>1MB/h', 'count(80)>5'], {
    minLength: 1,
  });
  fc.assert(
    fc.property(conditions, fc.constantFrom('leak', 'growth', 'none', 'inconclusive' as const), (texts, status) => {
      const gate = judgeGate(sampleReport(status), parseConditions(texts.join()), []);
      expect(gate.conditions.map(({ text }) => text)).toEqual(texts);
      expect(gate.failed).toBe(gate.conditions.some((one) => one.holds !== false));
      for (const { why } of gate.conditions) expect(why).toMatch(/\.$/);
    }),
  );
});

describe('known growth', () => {
  const [first, second] = leak.allocations;
  const accepted = (share: number, hours = true) => ({
    allocator: first!.allocator,
    strideBytes: first!.strideBytes,
    bytesPerStep: (first!.growthBytes / 2) * share,
    bytesPerHour: hours ? first!.bytesPerHour! * share : null,
  });

  test('is known up to a tenth more than before', () => {
    expect(knownGrowth(leak, [accepted(1)])).toEqual(['a1']);
    expect(knownGrowth(leak, [accepted(0.92)])).toEqual(['a1']);
    expect(knownGrowth(leak, [accepted(0.9)])).toEqual([]);
  });

  test('is compared by the step where times are missing', () => {
    expect(knownGrowth(leak, [{ ...accepted(1, false), bytesPerStep: first!.growthBytes / 2 }])).toEqual(['a1']);
    expect(knownGrowth(leak, [{ ...accepted(1, false), bytesPerStep: first!.growthBytes / 4 }])).toEqual([]);
  });

  test('of another allocator or stride is not the same', () => {
    expect(
      knownGrowth(leak, [
        { ...accepted(2), allocator: 'other' },
        { ...accepted(2), strideBytes: 81 },
      ]),
    ).toEqual([]);
  });

  test('of classes that only their content tells apart is taken together', () => {
    const twice = { ...leak, allocations: [first!, reportAllocation({ id: 'a9' }), second!] };
    expect(knownGrowth(twice, [accepted(1)])).toEqual([]);
    expect(knownGrowth(twice, [accepted(1), accepted(1)])).toEqual(['a1', 'a9']);
  });

  test('is not counted', () => {
    expect(holds(leak, 'leak', ['a1'])).toBe(true);
    expect(holds(leak, 'leak', ['a1', 'a2'])).toBe(false);
    expect(holds(leak, 'growth', ['a1', 'a2'])).toBe(false);
    expect(holds(leak, 'growth>5MB', ['a1'])).toBe(false);
    expect(holds(leak, 'rate>100MB/h', ['a1'])).toBe(false);
    expect(holds(leak, 'count(65552)>1', ['a1'])).toBe(false);
  });
});

describe('what is no condition is refused', () => {
  test.each([
    '',
    'leaks',
    'growth>',
    'growth>x',
    'rate>5MB',
    'rate',
    'count>5',
    'count(0)>1',
    'count(a)>1',
    'leak>1',
    'leak,',
  ])('%j', (text) => {
    expect(() => parseConditions(text)).toThrow(/--fail-on: expected leak, growth, .*, found/);
  });
});
