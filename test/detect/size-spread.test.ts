import { describe, expect, test } from 'vitest';
import { isOfSpread } from '../../src/detect/size-spread.ts';
import { walkedCandidate } from '../synth/candidates.ts';

const totalGrowth = 10_000_000;

function candidates(rows: Readonly<Record<number, readonly number[]>>) {
  return Object.entries(rows).map(([stride, counts]) =>
    walkedCandidate({ stride: Number(stride), counts, totalGrowth }),
  );
}

describe('a class is part of a spread', () => {
  test('when the classes beside it grow alike, each as chance has it', () => {
    const all = candidates({
      1024: [45, 72, 107, 145],
      1280: [20, 55, 80, 130],
      1536: [36, 81, 119, 147],
      1792: [28, 68, 118, 168],
      2048: [38, 73, 112, 163],
    });
    expect(all.map((one) => isOfSpread(one, all))).toEqual([true, true, true, true, true]);
  });

  test('also where classes that stay as they are stand in between', () => {
    const rows = { 1024: [45, 72, 145], 1280: [20, 55, 130], 1536: [36, 81, 147], 1600: [9, 9, 9] };
    const all = candidates({ ...rows, 1792: [28, 68, 168], 2048: [38, 73, 163] });
    expect(isOfSpread(all.find((one) => one.sizeClass.stride === 2048)!, all)).toBe(true);
  });
});

describe('a class is not part of a spread', () => {
  test('when it grows far more than those beside it', () => {
    const few = [10, 14, 19];
    const all = candidates({ 1024: few, 1280: few, 1536: [10, 500, 1000], 1792: few, 2048: few });
    expect(isOfSpread(all[2]!, all)).toBe(false);
  });

  test('when all grow in lockstep, as the parts of one leaked thing do', () => {
    const all = candidates({
      32: [100, 201, 335],
      48: [100, 201, 335],
      64: [200, 402, 670],
      80: [100, 201, 335],
      96: [100, 201, 335],
    });
    expect(all.map((one) => isOfSpread(one, all))).toEqual([false, false, false, false, false]);
  });

  test('when it is one of three leaks side by side', () => {
    const all = candidates({ 1024: [10, 90, 150], 1280: [10, 70, 160], 1536: [10, 60, 140], 4096: [5, 5, 6] });
    expect(all.slice(0, 3).map((one) => isOfSpread(one, all))).toEqual([false, false, false]);
  });
});
