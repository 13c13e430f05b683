import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelWish, placeLabels } from '../../src/pictures/page/place-labels.ts';

const wish: fc.Arbitrary<LabelWish> = fc.record({
  at: fc.integer({ min: -50, max: 1050 }),
  size: fc.integer({ min: 1, max: 40 }),
  priority: fc.integer({ min: 0, max: 5 }),
});
const range = { from: 0, to: 1000, gap: 3 };

describe('placeLabels', () => {
  it('leaves labels with room where they want to be', () => {
    const wishes = [100, 10, 300].map((at) => ({ at, size: 20, priority: 1 }));
    expect(placeLabels(wishes, range)).toEqual([
      { index: 1, at: 10 },
      { index: 0, at: 100 },
      { index: 2, at: 300 },
    ]);
  });

  it('moves two that want the same place apart by as much each', () => {
    const wishes = [100, 100].map((at) => ({ at, size: 20, priority: 1 }));
    expect(placeLabels(wishes, range).map(({ at }) => at)).toEqual([89, 112]);
  });

  it('never lets labels overlap, change order or leave the range', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 120 }), (wishes) => {
        const placed = placeLabels(wishes, range);
        let end = range.from - range.gap;
        let lastWish = Number.NEGATIVE_INFINITY;
        for (const { index, at } of placed) {
          expect(at).toBeGreaterThanOrEqual(end + range.gap);
          expect(wishes[index]!.at).toBeGreaterThanOrEqual(lastWish);
          end = at + wishes[index]!.size;
          lastWish = wishes[index]!.at;
        }
        expect(end).toBeLessThanOrEqual(range.to);
      }),
    );
  });

  it('gives up those of lowest priority first', () => {
    const wishes = Array.from({ length: 100 }, (_, index) => ({ at: index * 10, size: 47, priority: index % 10 }));
    const kept = placeLabels(wishes, range).map(({ index }) => wishes[index]!.priority);
    expect(kept).toHaveLength(20);
    expect(Math.min(...kept)).toBe(8);
  });
});
