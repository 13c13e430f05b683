import { describe, expect, test } from 'vitest';
import { decide, type ProcessFacts } from '../../src/detect/verdict.ts';
import { walkedCandidate } from '../synth/candidates.ts';

const mebibyte = 1 << 20;

function facts(totalGrowth: number, dumpCount = 3): ProcessFacts {
  const sizes = Array.from({ length: dumpCount }, (_, index) => 8 * mebibyte + (totalGrowth * index) / (dumpCount - 1));
  return {
    dumpCount,
    runOf: sizes.map(() => 0),
    mappedBytes: sizes,
    populatedBytes: sizes,
    capturedShare: 1,
    totalGrowth,
    trend: 'steady',
    collector: null,
    liveBytes: sizes,
    freeBytes: sizes.map(() => 0),
    churnBytes: 0,
  };
}

function suspectsOf(candidates: ReturnType<typeof walkedCandidate>[], totalGrowth: number, dumpCount = 3): number[] {
  return decide(candidates, facts(totalGrowth, dumpCount)).suspects.map((one) => one.sizeClass.stride);
}

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
