import { describe, expect, test } from 'vitest';
import { newEvenSample } from '../../src/inspect/even-sample.ts';

function sampleOf(count: number, wanted: number): number[] {
  const sample = newEvenSample<number>(wanted);
  for (let item = 0; item < count; item++) sample.add(item);
  return sample.items();
}

describe('an even sample', () => {
  test('holds all when they are no more than wanted', () => {
    expect(sampleOf(5, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(sampleOf(0, 5)).toEqual([]);
  });

  test.each([6, 11, 20, 1000, 117_600])(
    'holds as many of %i as are wanted, from the first to near the last',
    (count) => {
      const items = sampleOf(count, 5);
      expect(items).toHaveLength(5);
      expect(items[0]).toBe(0);
      const gaps = [...items.slice(1), count].map((item, index) => item - items[index]!);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(3 * Math.min(...gaps) + 1);
    },
  );

  test('holds none when none are wanted', () => {
    expect(sampleOf(1000, 0)).toEqual([]);
  });
});
