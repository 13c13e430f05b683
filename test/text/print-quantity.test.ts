import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  printBytes,
  printBytesChange,
  printCount,
  printCountChange,
  printDuration,
  printExactBytes,
  printOrNone,
  printRate,
  printRatio,
  printShare,
  printTime,
} from '../../src/text/print-quantity.ts';

const kb = 1024;
const mb = 1024 * kb;

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1,023 B'],
    [kb, '1 KB'],
    [64 * kb, '64 KB'],
    [65_552, '64 KB'],
    [1023.4 * kb, '1,023 KB'],
    [1023.9 * kb, '1 MB'],
    [7.1 * mb, '7.1 MB'],
    [17.34 * mb, '17.3 MB'],
    [640 * mb, '640 MB'],
    [1.25 * kb * mb, '1.25 GB'],
    [-24.9 * mb, '−24.9 MB'],
    [2 ** 53, '8 PB'],
    [Number.NaN, '–'],
  ])('%d are %s', (bytes, text) => {
    expect(printBytes(bytes)).toBe(text);
  });

  test('never read like a number of the next unit', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => !/^1,?02[4-9]/.test(printBytes(bytes))));
  });

  test('never take more than eight characters', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => printBytes(bytes).length <= 8));
  });

  test('exact bytes are all there', () => {
    expect(printExactBytes(65_552)).toBe('65,552 bytes');
    expect(printExactBytes(1)).toBe('1 byte');
  });

  test('a change carries its sign, but nothing is not a change', () => {
    expect(printBytesChange(25 * mb)).toBe('+25 MB');
    expect(printBytesChange(-4 * kb)).toBe('−4 KB');
    expect(printBytesChange(0)).toBe('0 B');
    expect(printBytesChange(0.2)).toBe('0 B');
  });
});

describe('counts', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-1_234_567, '−1,234,567'],
    [Number.MAX_SAFE_INTEGER, '9,007,199,254,740,991'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d is %s', (count, text) => {
    expect(printCount(count)).toBe(text);
  });

  test('a change carries its sign', () => {
    expect(printCountChange(392)).toBe('+392');
    expect(printCountChange(-1)).toBe('−1');
    expect(printCountChange(0)).toBe('0');
  });
});

describe('shares', () => {
  test.each([
    [0, '0%'],
    [0.0001, '<1%'],
    [0.01, '1%'],
    [0.974, '97%'],
    [0.99, '99%'],
    [0.9999, '>99%'],
    [1, '100%'],
    [Number.NaN, '–'],
  ])('%d is %s', (share, text) => {
    expect(printShare(share)).toBe(text);
  });
});

test('a rate is bytes an hour', () => {
  expect(printRate(149 * mb)).toBe('149 MB/h');
  expect(printRate(Number.NaN)).toBe('–');
});

test.each([
  [1, '×1.00'],
  [3.456, '×3.46'],
  [12.44, '×12.4'],
  [Number.POSITIVE_INFINITY, '–'],
])('the ratio %d is %s', (ratio, text) => {
  expect(printRatio(ratio)).toBe(text);
});

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [400, '0.4 s'],
    [9_900, '9.9 s'],
    [9_990, '10 s'],
    [61_000, '1 min 1 s'],
    [3_599_700, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_399_000, '1 d'],
    [273_600_000, '3 d 4 h'],
    [Number.NaN, '–'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(printDuration(milliseconds)).toBe(text);
  });
});

test('times are printed in UTC whatever the zone, and what is no time is nothing', () => {
  expect(printTime('2026-03-01T15:05:09.123+01:00')).toBe('2026-03-01 14:05:09 UTC');
  expect(printTime('<script>')).toBeNull();
  expect(printTime(null)).toBeNull();
});

test('a number that is missing is a dash', () => {
  expect(printOrNone(null, printCount)).toBe('–');
  expect(printOrNone(undefined, printCount)).toBe('–');
  expect(printOrNone(0, printCount)).toBe('0');
});
