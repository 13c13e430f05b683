import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planAddressTable } from '../../src/kernels/address-table.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import { simdKernels } from '../../src/kernels/simd-kernels.ts';
import { union } from '../../src/model/intervals.ts';
import { classifyWord64, pointsInto } from '../../src/model/word-kind.ts';

const room = 1 << 23;
const pageBytes = 4096;

/** In pages and in bytes, near each other and far apart, from one end of the address space to the other. */
const ranges = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.nat({ max: 3 * 4096 }), fc.nat({ max: 1 << 22 }), fc.nat({ max: 2 ** 44 })),
      size: fc.oneof(fc.integer({ min: 1, max: 3 * 4096 }), fc.integer({ min: 1, max: 2 ** 40 })),
      isOfPages: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((parts) => {
    let at = -(2 ** 47);
    return union(
      parts.map(({ gap, size, isOfPages }) => {
        const unit = isOfPages ? 4096 : 1;
        const start = Math.ceil((at + gap) / unit) * unit;
        at = start + Math.ceil(size / unit) * unit;
        return { start, end: at };
      }),
    );
  });

test('a table of addresses tells what is mapped and what is not', () => {
  const simd = simdKernels(room)!;
  const scalar = scalarKernels(new ArrayBuffer(room));
  fc.assert(
    fc.property(ranges, fc.array(fc.bigInt(-(2n ** 48n), 2n ** 48n), { maxLength: 20 }), (mapped, others) => {
      const values = [...mapped].flatMap(({ start, end }) =>
        [start - 4096, start - 1, start, (start + end) / 2, end - 1, end, end + 4096].map((one) =>
          BigInt(Math.floor(one)),
        ),
      );
      const words = new BigUint64Array(pageBytes / 8);
      words.set([...values, ...others].slice(0, words.length).map((one) => BigInt.asUintN(64, one)));
      const isPointer = pointsInto(mapped);
      const halves = new Uint32Array(words.buffer);
      const expected = Array.from(words, (_, index) =>
        classifyWord64(halves[2 * index]!, halves[2 * index + 1]!, isPointer),
      );
      for (const kernels of [simd, scalar]) {
        const table = planAddressTable(mapped).write(kernels.buffer, 65_536);
        new Uint8Array(kernels.buffer).set(new Uint8Array(words.buffer), pageBytes);
        const window = { pages: 1, pageBytes, current: pageBytes, facts: 64 };
        kernels.comparePages(window, undefined);
        // The second time kernels know where the first pointers led.
        for (let time = 0; time < 2; time++) {
          kernels.kindCells(window, { isWide: true, isBigEndian: false, ranges: table }, 8, 16_384, 0);
          const codes = new Uint8Array(kernels.buffer, 16_384, words.length);
          expect(Array.from(codes, (code) => code >>> 5)).toEqual(expected);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a table of many regions takes a few bytes for each, not their bounds', () => {
  const regions = Array.from({ length: 100_000 }, (_, index) => ({ start: index * 8192, end: index * 8192 + 4096 }));
  expect(planAddressTable([...regions, { start: 2 ** 46, end: 2 ** 46 + 4096 }]).bytes).toBeLessThan(
    4 * regions.length,
  );
});
