import { describe, expect, test } from 'vitest';
import { decide, type ProcessFacts } from '../../src/detect/verdict.ts';
import type { Trend } from '../../src/model/leak-report.ts';
import { walkedCandidate } from '../synth/candidates.ts';

const mebibyte = 1 << 20;

function facts(totalGrowth: number, dumpCount = 3): ProcessFacts {
  const sizes = Array.from({ length: dumpCount }, (_, index) => 8 * mebibyte + (totalGrowth * index) / (dumpCount - 1));
  return {
    dumpCount,
    runOf: sizes.map(() => 0),
    committedBytes: sizes,
    populatedBytes: sizes,
    capturedShares: sizes.map(() => 1),
    revealedBytes: sizes.slice(1).map(() => 0),
    hiddenBytes: sizes.slice(1).map(() => 0),
    revealedInAll: 0,
    isFirstPartial: false,
    missingAllocators: sizes.map(() => []),
    totalGrowth,
    trend: 'steady',
    collector: null,
    liveBytes: sizes,
    freeBytes: sizes.map(() => 0),
    churnBytes: 0,
    outgrownBytes: 0,
    threadCounts: sizes.map(() => 1),
    stackGrowth: 0,
  };
}

function suspectsOf(candidates: ReturnType<typeof walkedCandidate>[], totalGrowth: number, dumpCount = 3): number[] {
  return decide(candidates, facts(totalGrowth, dumpCount)).suspects.map((one) => one.sizeClass.stride);
}

describe('beside a collector', () => {
  const totalGrowth = 64 * mebibyte;
  const collected = walkedCandidate({ stride: 224, counts: [1000, 61_000, 121_000], totalGrowth, countError: 0.5 });
  const decideWith = (...candidates: ReturnType<typeof walkedCandidate>[]) =>
    decide(candidates, { ...facts(totalGrowth), collector: 'V8' });

  test('a walked class that grows is a leak, and the only suspect', () => {
    const walked = walkedCandidate({ stride: 65_552, counts: [10, 170, 330], totalGrowth });
    expect(decideWith(collected, walked)).toMatchObject({ status: 'leak', suspects: [walked] });
  });

  test('what may be garbage makes no leak of a small class, in step with it or not', () => {
    for (const counts of [
      [10, 40, 70],
      [10, 45, 69],
    ]) {
      const small = walkedCandidate({ stride: 65_552, counts, totalGrowth });
      expect(decideWith(collected, small)).toMatchObject({ status: 'inconclusive' });
    }
  });
});

describe('growth that is stacks', () => {
  const totalGrowth = 64 * mebibyte;
  const reasonOf = (change: Partial<ProcessFacts>) => decide([], { ...facts(totalGrowth), ...change }).reasons[0];

  test('is explained by the threads that came', () => {
    expect(reasonOf({ stackGrowth: 0.6 * totalGrowth, threadCounts: [9, 17, 2500] })).toEqual({
      code: 'more-threads',
      text: 'Most of the growth is stacks, for there are more threads: 9 → 17 → 2,500.',
    });
  });

  test.each([
    ['by as many threads', { stackGrowth: 0.6 * totalGrowth, threadCounts: [9, 17, 9] }],
    ['where the dumps name no threads', { stackGrowth: 0.6 * totalGrowth, threadCounts: [0, 0, 0] }],
    ['where most of it is something else', { stackGrowth: 0.4 * totalGrowth, threadCounts: [9, 17, 25] }],
  ])('is not explained %s', (_, change) => {
    expect(reasonOf(change)).toMatchObject({ code: 'no-class-explains-it' });
  });
});

describe('a small leak beside a large one', () => {
  const totalGrowth = 20 * mebibyte;
  const large = walkedCandidate({ stride: mebibyte, counts: [9, 15, 27], totalGrowth });
  const small = walkedCandidate({ stride: 80, counts: [5000, 9000, 14_000], totalGrowth });

  test('is named when it makes up a fair share of what the large one leaves over', () => {
    expect(suspectsOf([large, small], totalGrowth)).toEqual([mebibyte, 80]);
  });

  test('is not named when most of the growth has another cause', () => {
    const total = 60 * mebibyte;
    const alone = walkedCandidate({ stride: 80, counts: [5000, 9000, 14_000], totalGrowth: total });
    expect(suspectsOf([alone], total)).toEqual([]);
  });
});

describe('a class that is only counted roughly', () => {
  const totalGrowth = 20 * mebibyte;
  /** 15 % of the growth, if all that was counted are blocks. */
  const counted = (countError: number) =>
    walkedCandidate({ stride: mebibyte / 32, counts: [32, 80, 128], totalGrowth, countError });

  test.each([
    [0.01, [mebibyte / 32]],
    [0.3, [mebibyte / 32]],
    [0.35, []],
    [0.5, []],
  ])('is named if what it surely explains is material: count error %f', (countError, strides) => {
    expect(suspectsOf([counted(countError)], totalGrowth)).toEqual(strides);
  });
});

describe('the other stride of the same requests', () => {
  const totalGrowth = 2 * mebibyte;
  const usual = (counts: readonly number[]) =>
    walkedCandidate({ stride: 4112, counts, totalGrowth, otherStrides: [4128] });

  test('belongs to the leak with few blocks already, as long as that is not chance', () => {
    const other = (deviations: number) => walkedCandidate({ stride: 4128, counts: [1, 2, 5], totalGrowth, deviations });
    const leak = usual([181, 342, 508]);
    expect(suspectsOf([leak, other(3)], totalGrowth)).toEqual([4112, 4128]);
    expect(suspectsOf([leak, other(1)], totalGrowth)).toEqual([4112]);
  });

  test('is named with two dumps as well', () => {
    const other = walkedCandidate({ stride: 4128, counts: [1, 9], totalGrowth });
    expect(suspectsOf([usual([181, 508]), other], totalGrowth, 2)).toEqual([4112, 4128]);
  });
});

describe('dumps of several runs', () => {
  const totalGrowth = 20 * mebibyte;
  const candidate = walkedCandidate({ stride: 1024, counts: [5000, 10_000, 20_000], totalGrowth });
  const of = (...runOf: number[]) => decide([candidate], { ...facts(totalGrowth), runOf });

  test('show growth at most, whatever grows in every step', () => {
    expect(of(0, 0, 0).status).toBe('leak');
    expect(of(0, 1, 2)).toMatchObject({
      status: 'growth',
      suspects: [candidate],
      reasons: [{ code: 'different-runs' }],
    });
    expect(of(0, 0, 1).status).toBe('growth');
  });

  test('say which of them are of one run', () => {
    expect(of(0, 1, 0).reasons[0]!.text).toContain('Dumps 1 and 3 are of one run');
    expect(of(0, 1, 2).reasons[0]!.text).not.toContain('are of one run');
  });
});

describe('memory that one dump leaves out', () => {
  const totalGrowth = 20 * mebibyte;
  const candidate = walkedCandidate({ stride: 1024, counts: [1000, 6000, 21_000], totalGrowth });
  const of = (change: Partial<ProcessFacts>) => decide([candidate], { ...facts(totalGrowth), ...change });

  test('is no growth: a leak has to be larger in every step', () => {
    expect(of({ revealedBytes: [4 * mebibyte, 0] }).status).toBe('leak');
    const less = of({ revealedBytes: [5 * mebibyte, 0], revealedInAll: 5 * mebibyte });
    expect(less).toMatchObject({ status: 'inconclusive', suspects: [], reasons: [{ code: 'captured-differently' }] });
    expect(less.reasons[0]!.text).toMatch(/^Dump 1 leaves out .* Compare dumps 2 and 3 alone\.$/);
  });

  test('may hide growth, so that nothing seen is no proof of health', () => {
    const hidden = decide([], { ...facts(0), hiddenBytes: [0, 5 * mebibyte] });
    expect(hidden.reasons[0]!.text).toMatch(/^Dump 3 leaves out .* Compare dumps 1 and 2 alone\.$/);
    expect(decide([], { ...facts(0), hiddenBytes: [0, 8192] }).status).toBe('none');
  });

  test('makes the counts of an allocator that was not found there unknown', () => {
    const change = { hiddenBytes: [mebibyte, 0], revealedBytes: [0, mebibyte] };
    expect(of(change).status).toBe('leak');
    expect(of({ ...change, missingAllocators: [[], ['glibc-malloc'], []] }).status).toBe('inconclusive');
  });

  test('is said with the dump that holds least, and which to compare without it', () => {
    const { reasons } = of({ capturedShares: [0.9, 0.01, 1] });
    expect(reasons).toMatchObject([{ code: 'too-little-captured' }]);
    expect(reasons[0]!.text).toMatch(/^Dump 2 holds only .* Compare dumps 1 and 3 alone\./);
    expect(of({ capturedShares: [0, 0, 0] }).reasons[0]!.text).toContain('without saying how much');
  });
});

describe('a class that makes up much of the growth and is no suspect', () => {
  const totalGrowth = 20 * mebibyte;
  const reasonOf = (counts: readonly number[], trend: Trend, deviations = 50) => {
    const candidate = { ...walkedCandidate({ stride: 1024, counts, totalGrowth, deviations }), trend };
    return decide([candidate], facts(totalGrowth, counts.length)).reasons;
  };

  test('is said to have grown once', () => {
    expect(reasonOf([0, 0, 0, 12_288], 'jump')).toEqual([
      { code: 'grew-once', text: 'Blocks of 1,024 bytes make up 60% of the growth, but grew in one step only.' },
    ]);
  });

  test('is said to go up and down', () => {
    expect(reasonOf([16_000, 26_000, 38_500, 28_288], 'sawtooth')).toEqual([
      {
        code: 'up-and-down',
        text: 'Blocks of 1,024 bytes make up 60% of the growth, but there are not more of them in every step.',
      },
    ]);
  });

  test('is said to be within chance', () => {
    expect(reasonOf([1000, 7000, 13_288], 'steady', 3)[0]!.code).toBe('within-chance');
  });
});

describe('a buffer that is made anew, twice as large, whenever it is full', () => {
  const totalGrowth = 24 * mebibyte;
  const buffer = walkedCandidate({ stride: 32 * mebibyte, counts: [0, 0, 1], totalGrowth, deviations: 1 });
  const churning = { ...facts(totalGrowth), churnBytes: 8 * mebibyte + 1 };

  test('passed for churn, as its former block went', () => {
    const decision = decide([buffer], { ...churning, outgrownBytes: 32 * mebibyte });
    expect(decision).toMatchObject({ status: 'growth', reasons: [{ code: 'one-big-buffer' }] });
  });

  test('is none where blocks as large came and went, or memory goes up and down', () => {
    expect(decide([buffer], churning).status).toBe('none');
    expect(decide([buffer], { ...churning, outgrownBytes: 32 * mebibyte, trend: 'sawtooth' }).status).toBe('none');
  });
});
