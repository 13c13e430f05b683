import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, type Interval, intersection, union } from '../../src/model/intervals.ts';

const bound = fc.integer({ min: 0, max: 60 });
const intervals = fc
  .array(fc.tuple(bound, bound), { maxLength: 8 })
  .map((pairs) => union(pairs.map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))));

function members(set: Iterable<Interval>): Set<number> {
  const all = new Set<number>();
  for (const { start, end } of set) for (let at = start; at < end; at++) all.add(at);
  return all;
}

function isTidy(table: Iterable<Interval>): boolean {
  const set = [...table];
  return set.every((one, index) => one.start < one.end && (index === 0 || set[index - 1]!.end <= one.start));
}

test('union, intersection and difference are those of the addresses', () => {
  fc.assert(
    fc.property(intervals, intervals, (a, b) => {
      const [left, right] = [members(a), members(b)];
      expect(members(union([...a, ...b]))).toEqual(new Set([...left, ...right].sort((x, y) => x - y)));
      expect(members(intersection(a, b))).toEqual(new Set([...left].filter((one) => right.has(one))));
      expect(members(difference(a, b))).toEqual(new Set([...left].filter((one) => !right.has(one))));
      expect([union([...a, ...b]), intersection(a, b), difference(a, b)].every(isTidy)).toBe(true);
    }),
  );
});
