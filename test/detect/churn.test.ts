import { expect, test } from 'vitest';
import { type AllocationClass, newWalkedClass } from '../../src/detect/allocation-class.ts';
import { churnBytes, outgrownBytes } from '../../src/detect/churn.ts';

const mebibyte = 1 << 20;

/** Blocks at addresses, per dump. */
function classOf(stride: number, addresses: readonly (readonly number[])[]): AllocationClass {
  const one = newWalkedClass('glibc-malloc', stride, addresses.length);
  for (const [dump, list] of addresses.entries()) {
    for (const address of list) {
      one.counts[dump]!++;
      one.sketches[dump]!.add(address);
    }
  }
  return one;
}

const kept = classOf(64, [
  [1, 2, 3],
  [1, 2, 3],
]);
const gone = classOf(8 * mebibyte, [[0x10000], []]);
const new32 = classOf(32 * mebibyte, [[], [0x900000]]);

test('blocks larger than any that went are no churn', () => {
  expect(churnBytes([kept, gone, new32])).toBe(8 * mebibyte);
  expect(outgrownBytes([kept, gone, new32])).toBe(32 * mebibyte);
});

test('blocks as large as some that went may have taken their place', () => {
  const large = classOf(40 * mebibyte, [[0x2000000], []]);
  expect(outgrownBytes([kept, gone, new32, large])).toBe(0);
});

test('between runs all blocks have gone', () => {
  expect(outgrownBytes([kept, new32], false)).toBe(32 * mebibyte);
  expect(outgrownBytes([classOf(32 * mebibyte, [[1], [2, 3]])], false)).toBe(0);
});
