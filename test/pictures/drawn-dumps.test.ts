import { expect, test } from 'vitest';
import { drawnDumps } from '../../src/pictures/drawn-dumps.ts';

test('all of a few dumps have pictures of their own', () => {
  expect(drawnDumps(1)).toEqual([0]);
  expect(drawnDumps(3)).toEqual([0, 1, 2]);
  expect(drawnDumps(12)).toHaveLength(12);
});

test('of many some do, the first and the last among them', () => {
  const drawn = drawnDumps(50);
  expect(drawn).toHaveLength(12);
  expect([drawn[0], drawn.at(-1)]).toEqual([0, 49]);
  expect(new Set(drawn).size).toBe(12);
  const steps = drawn.slice(1).map((dump, index) => dump - drawn[index]!);
  expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
});
