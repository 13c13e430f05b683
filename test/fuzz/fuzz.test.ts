import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutate } from './mutate.ts';
import { newRandom } from './random.ts';
import { fuzzTargets } from './targets/index.ts';

/** Half a minute in all. `npm run fuzz` goes on for as long as one likes. */
const millisecondsEach = 30_000 / fuzzTargets.length;
const firstSeed = 1;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leakviz-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(fuzzTargets.map((target) => [target.id, target] as const))('%s', (_, target) => {
  test('withstands what is thrown at it', async () => {
    const end = performance.now() + millisecondsEach;
    for (let seed = firstSeed; performance.now() < end; seed += 1) {
      try {
        await target.run(newRandom(seed), folder);
      } catch (error) {
        throw new Error(`npm run fuzz -- --target ${target.id} --seed ${seed} --cases 1`, { cause: error });
      }
    }
  });
});

test('the same seed makes the same case', () => {
  const original = Uint8Array.from({ length: 5000 }, (_, index) => index);
  for (let seed = 0; seed < 50; seed += 1) {
    expect(mutate(original, newRandom(seed))).toEqual(mutate(original, newRandom(seed)));
  }
});

test('cases differ, and leave the original as it is', () => {
  const original = Uint8Array.from({ length: 5000 }, (_, index) => index);
  const all = Array.from({ length: 50 }, (_, seed) =>
    Buffer.from(mutate(original, newRandom(seed))).toString('latin1'),
  );
  expect(new Set(all).size).toBeGreaterThan(45);
  expect(original).toEqual(Uint8Array.from({ length: 5000 }, (_, index) => index));
});
