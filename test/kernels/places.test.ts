import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kernels, SampleRoom, Table } from '../../src/kernels/kernels.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import { simdKernels } from '../../src/kernels/simd-kernels.ts';

const memoryBytes = 1 << 18;
const largestWindow = 4096;

/** Distances of places from the place before, or from the beginning: few kinds of them, so that some are common. */
const steps: fc.Arbitrary<number[]> = fc.array(fc.constantFrom(48, 48, 48, 16, 4, 96, 240, 1000), { maxLength: 60 });

const sample = fc.record({
  windows: fc.array(fc.constantFrom(64, 400, largestWindow), { minLength: 1, maxLength: 6 }),
  steps,
  others: steps,
  lag: fc.integer({ min: 1, max: 4 }),
  distance: fc.constantFrom(4, 16, 48, 96) as fc.Arbitrary<number>,
  between: fc.constantFrom(96, 240) as fc.Arbitrary<number>,
  /** Which side the others stand on. */
  sign: fc.constantFrom(-1, 1),
});

type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

/** What the kernels tell of the places. */
function look(kernels: Kernels, one: Sample) {
  const { buffer } = kernels;
  const tableOf = (place: number, values: readonly number[], size = 1): Table => {
    new Uint32Array(buffer, place, values.length).set(values);
    return { place, count: values.length / size };
  };
  const borders = one.windows.map((_, index) => one.windows.slice(0, index).reduce((sum, bytes) => sum + bytes, 0));
  const end = borders.at(-1)! + one.windows.at(-1)!;
  const windows = tableOf(
    64,
    borders.flatMap((from, index) => [from, borders[index + 1] ?? end]),
    2,
  );
  const room: SampleRoom = { windows, counts: 8192 };
  const counts = new Uint32Array(buffer, room.counts, largestWindow / 4);
  const placesOf = (distances: readonly number[]) => {
    let at = -4;
    return distances.map((distance) => (at += distance)).filter((offset) => offset < end);
  };
  const places = tableOf(16384, placesOf(one.steps));
  const others = tableOf(32768, placesOf(one.others));
  const gap = kernels.commonestGap(places, one.lag, room);
  const left = counts.some((count) => count !== 0);
  const behind = kernels.commonestBehind(places, others, one.distance, room);
  const stepCount = kernels.listSteps(places, one.distance, room, 49152);
  const between = kernels.countBetween(others, places, one.between, room);
  return {
    gap,
    behind,
    between,
    isClean: !left && counts.every((count) => count === 0),
    multiples: kernels.countMultiples(places, one.lag, one.distance, room),
    steps: [...new Uint32Array(buffer, 49152, stepCount)],
    beside: kernels.countBeside(places, others, one.sign * one.distance, room),
  };
}

test('distances between places are those that TypeScript finds', () => {
  const simd = simdKernels(memoryBytes)!;
  const scalar = scalarKernels(new ArrayBuffer(memoryBytes));
  const seen = { gap: 0, behind: 0, between: 0, multiples: 0, steps: 0, beside: 0 };
  fc.assert(
    fc.property(sample, (one) => {
      const found = look(simd, one);
      seen.gap += found.gap.count;
      seen.behind += found.behind.count;
      seen.between += found.between.count;
      seen.multiples += found.multiples;
      seen.steps += found.steps.length;
      seen.beside += found.beside;
      expect(found.isClean).toBe(true);
      expect(found).toEqual(look(scalar, one));
    }),
    { numRuns: 4000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});

test('a distance ends with a window, and of equally common ones the smallest is told', () => {
  for (const kernels of [simdKernels(memoryBytes)!, scalarKernels(new ArrayBuffer(memoryBytes))]) {
    const found = look(kernels, {
      windows: [400, 400],
      steps: [4, 96, 48, 96, 48, 400],
      others: [4, 100, 352],
      lag: 1,
      distance: 48,
      between: 96,
      sign: 1,
    });
    // At 0, 96, 144, 240, 288 in the first window and 688 in the second; the others at 0, 100 and 452.
    expect(found).toEqual({
      gap: { distance: 48, count: 2, all: 4 },
      behind: { distance: 0, count: 1, all: 2 },
      between: { gaps: 2, between: 1, commonest: 0, count: 0 },
      isClean: true,
      multiples: 4,
      steps: [144, 288],
      beside: 0,
    });
  }
});
