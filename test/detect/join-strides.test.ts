import { expect, test } from 'vitest';
import { type AllocationClass, newWalkedClass } from '../../src/detect/allocation-class.ts';
import { joinStrides } from '../../src/detect/join-strides.ts';

/** Blocks of one stride, by the request they were made for. */
function classOf(stride: number, requests: Record<number, readonly number[]>): AllocationClass {
  const one = newWalkedClass('musl-malloc', stride, 3);
  for (const [request, counts] of Object.entries(requests)) {
    one.requests.set(Number(request), Float64Array.from(counts));
    for (const [dump, count] of counts.entries()) {
      one.counts[dump]! += count;
      for (let block = 0; block < count; block++) one.sketches[dump]!.add(stride * (block + 1));
    }
  }
  return one;
}

test('blocks of one request at two strides are one class, under the stride that most have', () => {
  const mapped = classOf(36_864, { 32768: [35, 56, 56] });
  const grouped = classOf(37_440, { 32768: [0, 11, 59], 33000: [1, 1, 1] });
  const joined = joinStrides([mapped, grouped]);
  expect(joined).toHaveLength(1);
  expect(joined[0]!.stride).toBe(37_440);
  expect([...joined[0]!.counts]).toEqual([36, 68, 116]);
  expect([...joined[0]!.requests.get(32_768)!]).toEqual([35, 67, 115]);
  expect(joined[0]!.sketches.map((sketch) => sketch.addresses.length)).toEqual([36, 68, 116]);
});

test('a request that is only some of the blocks of a class joins nothing', () => {
  const classes = [classOf(48, { 40: [5, 5, 5], 33: [9, 9, 9], 36: [9, 9, 9] }), classOf(64, { 40: [3, 6, 9] })];
  expect(joinStrides(classes).map((one) => one.stride)).toEqual([48, 64]);
});

test('classes whose allocator keeps no requests stay as they are', () => {
  const classes = [newWalkedClass('glibc-malloc', 48, 3), newWalkedClass('glibc-malloc', 64, 3)];
  expect(joinStrides(classes)).toEqual(classes);
});
