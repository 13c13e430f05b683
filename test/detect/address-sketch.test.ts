import { expect, test } from 'vitest';
import { comparable, newAddressSketch } from '../../src/detect/address-sketch.ts';

function sketchOf(count: number, from = 0) {
  const sketch = newAddressSketch();
  for (let index = 0; index < count; index++) sketch.add(0x5555_0000_0000 + (from + index) * 48);
  return sketch;
}

test('few addresses are all kept', () => {
  expect(sketchOf(1000).addresses).toHaveLength(1000);
});

test('of many, a bounded sample is kept', () => {
  const { addresses } = sketchOf(1_000_000);
  expect(addresses.length).toBeGreaterThan(400);
  expect(addresses.length).toBeLessThanOrEqual(1024);
});

test('the same addresses are in the sample of every dump, however many there are', () => {
  const small = sketchOf(5000);
  const large = sketchOf(400_000);
  const alive = new Set(large.addresses);
  const sample = comparable(small, large);
  expect(sample.length).toBeGreaterThan(0);
  expect(sample.every((address) => alive.has(address))).toBe(true);
});

test('the share that went is estimated within a few percent', () => {
  const before = sketchOf(100_000);
  const after = sketchOf(100_000, 30_000);
  const alive = new Set(after.addresses);
  const sample = comparable(before, after);
  const kept = sample.filter((address) => alive.has(address)).length / sample.length;
  expect(kept).toBeGreaterThan(0.6);
  expect(kept).toBeLessThan(0.8);
});

test('addresses of both halves of the address space are spread evenly', () => {
  const sketch = newAddressSketch();
  for (let index = 0; index < 200_000; index++) sketch.add((index % 2 === 0 ? 1 : -1) * (2 ** 46 + index * 4096));
  const upper = sketch.addresses.filter((address) => address < 0).length / sketch.addresses.length;
  expect(Math.abs(upper - 0.5)).toBeLessThan(0.08);
});
