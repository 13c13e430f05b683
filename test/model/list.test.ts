import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CapturedRange, MemoryRegion } from '../../src/model/dump.ts';
import { regionKinds } from '../../src/model/dump.ts';
import { capturedTableLike, newCapturedTable, newRegionTable, sortedCaptured } from '../../src/model/dump-tables.ts';
import { newIntervals } from '../../src/model/intervals.ts';

const region: fc.Arbitrary<MemoryRegion> = fc
  .record({
    start: fc.integer({ min: -(2 ** 47), max: 2 ** 47 }),
    size: fc.integer({ min: 1, max: 2 ** 40 }),
    kind: fc.constantFrom(...regionKinds),
    name: fc.constantFrom('', '[heap]', '/lib/a.so', 'b'),
    readable: fc.boolean(),
    writable: fc.boolean(),
    executable: fc.boolean(),
    isAssumed: fc.boolean(),
  })
  .map(({ start, size, isAssumed, ...rest }) => ({
    ...rest,
    start,
    end: start + size,
    ...(isAssumed ? { rightsAreAssumed: true as const } : {}),
  }));

const range: fc.Arbitrary<CapturedRange> = fc.record({
  start: fc.integer({ min: 0, max: 50 }),
  size: fc.integer({ min: 0, max: 50 }),
  fileOffset: fc.nat(),
});

test('regions come back as they were put in, by address, of equals the longest first', () => {
  fc.assert(
    fc.property(fc.array(region, { maxLength: 80 }), (regions) => {
      const sorted = [...regions].sort((a, b) => a.start - b.start || b.end - a.end);
      expect([...newRegionTable(regions)]).toEqual(sorted);
    }),
  );
});

test('captured ranges likewise', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 80 }), (ranges) => {
      const sorted = [...ranges].sort((a, b) => a.start - b.start || b.size - a.size);
      expect([...sortedCaptured(newCapturedTable(ranges))]).toEqual(sorted);
    }),
  );
});

const manyRanges = fc.array(range, { maxLength: 60, size: 'max' });

test('columns are shared with those of another table where they are the same', () => {
  fc.assert(
    fc.property(manyRanges, manyRanges, (ranges, others) => {
      const boundsOf = (all: readonly CapturedRange[]) => all.map(({ start, size }) => ({ start, end: start + size }));
      const isSame = (all: readonly CapturedRange[]) =>
        capturedTableLike(all, { bounds: newIntervals(boundsOf(ranges)) });
      for (const all of [ranges, others, ranges.slice(1), [...ranges, ...others]])
        expect([...isSame(all)]).toEqual(all);
      const bounds = newIntervals(boundsOf(ranges));
      const halves = ranges.map((one) => ({ ...one, size: Math.ceil(one.size / 2) }));
      expect(capturedTableLike(ranges, { bounds }).columns.slice(0, 2)).toEqual(bounds.columns);
      expect(capturedTableLike(ranges, { bounds }).columns[1]).toBe(bounds.columns[1]);
      expect(capturedTableLike(halves, { bounds }).columns[0]).toBe(bounds.columns[0]);
      expect([...capturedTableLike(halves, { bounds })]).toEqual(halves);
    }),
  );
});

describe('a table does what an array does', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({ start: index, end: index * 2 }));
  const table = newIntervals(rows);

  test('asked for rows', () => {
    for (const index of [0, 7, 99, 100, -1, -100, -101]) expect(table.at(index)).toEqual(rows.at(index));
    const isWanted = ({ end }: { readonly end: number }, index: number) => end > 20 && index % 2 === 1;
    expect(table.find(isWanted)).toEqual(rows.find(isWanted));
    expect(table.filter(isWanted)).toEqual(rows.filter(isWanted));
    expect(table.some(() => false)).toBe(false);
    expect(table.some(isWanted)).toBe(true);
    expect(table.map(({ end }, index) => end + index)).toEqual(rows.map(({ end }, index) => end + index));
    expect(table.reduce((sum, { end }) => sum + end, 1)).toBe(rows.reduce((sum, { end }) => sum + end, 1));
  });

  test('and changed', () => {
    const changed = newIntervals(rows);
    changed.push({ start: 5, end: 6 });
    changed.set(0, { start: -1, end: 0 });
    expect([...changed]).toEqual([{ start: -1, end: 0 }, ...rows.slice(1), { start: 5, end: 6 }]);
    expect([...changed.columns[1]!]).toEqual([0, ...rows.slice(1).map(({ end }) => end), 6]);
  });
});
