import { describe, expect, test } from 'vitest';
import { type AllocationClass, newWalkedClass } from '../../src/detect/allocation-class.ts';
import { testGrowth } from '../../src/detect/growth-test.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import { newRandom } from '../synth/pool-process.ts';

const start = 0x10_0000;
const stride = 64;
const memories: readonly Memory[] = [0, 1, 2].map(() => fakeMemory([{ start, bytes: new Uint8Array(1 << 20) }]));

/** A class whose live blocks in each dump are the given slots. */
function classOf(slots: readonly ReadonlySet<number>[]): AllocationClass {
  const one = newWalkedClass('glibc-malloc', stride, slots.length);
  for (const [dump, live] of slots.entries()) {
    one.counts[dump] = live.size;
    for (const slot of live) one.sketches[dump]!.add(start + slot * stride);
  }
  return one;
}

function range(count: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, index) => index));
}

describe('a class that only grows stands clear', () => {
  test('of many blocks', () => {
    const test = testGrowth(classOf([range(1000), range(4000), range(10_000)]), memories, 16);
    expect(test.standsClear).toBe(true);
    expect(test.keptShare).toBe(1);
  });

  test('of a few large ones', () => {
    expect(testGrowth(classOf([range(10), range(40), range(100)]), memories, 16).standsClear).toBe(true);
  });

  test('but not of two or three, which may be anything', () => {
    expect(testGrowth(classOf([range(1), range(2), range(3)]), memories, 16).standsClear).toBe(false);
  });
});

test('a class that grew in one step only does not grow in every step', () => {
  const test = testGrowth(classOf([range(3000), range(12_000), range(12_000)]), memories, 16);
  expect(test.growsInEveryStep).toBe(false);
  expect(test.standsClear).toBe(false);
});

test('blocks that are mostly replaced between the dumps are traffic, however many more there are', () => {
  const shifted = (count: number, from: number) => new Set(Array.from({ length: count }, (_, index) => from + index));
  const test = testGrowth(classOf([shifted(1000, 0), shifted(1500, 4000), shifted(2200, 8000)]), memories, 16);
  expect(test.keptShare).toBe(0);
  expect(test.standsClear).toBe(false);
});

test('steady churn practically never stands clear', () => {
  const random = newRandom(99);
  let clear = 0;
  const trials = 400;
  for (let trial = 0; trial < trials; trial++) {
    const live = new Set<number>();
    while (live.size < 60) live.add(random() % 4000);
    const slots = [new Set(live)];
    for (let dump = 1; dump < 3; dump++) {
      for (const slot of live) if (random() % 10 < 4) live.delete(slot);
      const born = 16 + (random() % 17);
      for (let index = 0; index < born; index++) live.add(random() % 4000);
      slots.push(new Set(live));
    }
    if (testGrowth(classOf(slots), memories, 16).standsClear) clear++;
  }
  expect(clear).toBe(0);
});
