import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kernelModule } from '../../src/kernels/kernel-module.ts';
import type { PageKernels, PageWindow, WordRules } from '../../src/kernels/page-kernels.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import { simdKernels } from '../../src/kernels/simd-kernels.ts';
import { compileKernels } from './compile-kernels.ts';

const room = 1 << 20;

test('the compiled module is that of the sources', async () => {
  expect(await compileKernels(), 'run `npm run kernels`').toBe(kernelModule);
});

test('WebAssembly SIMD is made use of here', () => {
  expect(simdKernels(room)).toBeDefined();
});

/** Words of all kinds, the borders between kinds above all. */
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0n) },
  { weight: 2, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n) },
  fc.constantFrom(1n, 0xf_ffffn, 0x10_0000n, 0xffff_ffff_fff0_0000n, 0xffff_ffff_ffef_ffffn, 0x10_0000_000f_ffffn),
  fc.constantFrom(0x0fffn, 0x1000n, 0x1fffn, 0x2000n, 0x3000n, 0x4000n, 0xffff_8000_0000_0000n, 0x7fff_ffff_ffff_ffffn),
  fc.constantFrom(0x6f77_206f_6c6c_6568n, 0x0062_0061_0064_0063n, 0x0009_000d_000a_0020n, 0x7f7e_2020_2020_2020n),
  fc.constantFrom(0x0000_6162_0000_6162n, 0x1f20_2020_2020_2020n, 0x0062_0061_0000_0001n, 0x8000_0000_0000_0000n),
);

/** `isKept`: the dump before has the same. */
const page = fc.record({ words: fc.array(word, { minLength: 1, maxLength: 48 }), isKept: fc.boolean() });

const scenario = fc.record({
  pageBytes: fc.constantFrom(128, 256, 1024, 4096, 65536),
  /** Dumps, each with the same number of pages. */
  pages: fc.integer({ min: 1, max: 3 }).chain((count) => {
    return fc.array(fc.array(page, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 3 });
  }),
  misalignment: fc.nat({ max: 15 }),
  isWide: fc.boolean(),
  isBigEndian: fc.boolean(),
  ranges: fc.constantFrom(
    [],
    [[0x1000, 0x2000]],
    [
      [-(2 ** 47), -4096],
      [0x1000, 0x2000],
      [0x3000, 0x0064_0000],
    ],
  ),
  cellShift: fc.nat({ max: 13 }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Everything that the kernels write for the scenario. */
function run(kernels: PageKernels, one: Scenario): number[][] {
  const { pageBytes, isWide, isBigEndian } = one;
  const bytes = new Uint8Array(kernels.buffer);
  let next = 64;
  const take = (size: number) => {
    const place = next;
    next = Math.ceil((next + size) / 64) * 64;
    return place;
  };
  const rules: WordRules = { isWide, isBigEndian, ranges: { place: take(256), count: one.ranges.length } };
  const table = new BigInt64Array(kernels.buffer, rules.ranges.place, 2 * one.ranges.length);
  for (const [index, [start, end]] of one.ranges.entries()) {
    table[index] = BigInt(start!);
    table[one.ranges.length + index] = BigInt(end!);
  }
  const cellBytes = Math.min(pageBytes, 8 << one.cellShift);
  const results: number[][] = [];
  let before: { window: PageWindow; counts: number; codes: number } | undefined;
  for (const dump of one.pages) {
    const pages = dump.length;
    const current = take(pages * pageBytes + 16) + one.misalignment;
    const window = { pages, pageBytes, current, facts: take(pages * 4) };
    const counts = take(pages * 20);
    const codes = take((pages * pageBytes) / cellBytes);
    for (const [index, { words, isKept }] of dump.entries()) {
      const at = current + index * pageBytes;
      if (before && isKept)
        bytes.copyWithin(
          at,
          before.window.current + index * pageBytes,
          before.window.current + (index + 1) * pageBytes,
        );
      else bytes.set(bytesOf(words, pageBytes), at);
    }
    kernels.comparePages(window, before?.window);
    kernels.kindCounts(window, rules, counts, before?.counts ?? 0);
    kernels.kindCells(window, rules, cellBytes, codes, before?.codes ?? 0);
    results.push(
      [...new Uint32Array(kernels.buffer, window.facts, pages)],
      [...new Uint32Array(kernels.buffer, counts, pages * 5)],
      [...bytes.subarray(codes, codes + (pages * pageBytes) / cellBytes)],
    );
    before = { window, counts, codes };
  }
  return results;
}

/** The words over and over, every repetition moved on by a byte where the page is large, so that all lanes see all. */
function bytesOf(words: readonly bigint[], pageBytes: number): Uint8Array {
  const bytes = new Uint8Array(pageBytes);
  const view = new DataView(bytes.buffer);
  if (words.every((one) => one === 0n)) return bytes;
  for (let at = 0, index = 0; at + 8 <= pageBytes; at += 8, index++) {
    if (index % words.length === 0 && index > 0 && index % 3 === 0) at += 1;
    if (at + 8 <= pageBytes) view.setBigUint64(at, words[index % words.length]!, true);
  }
  return bytes;
}

describe('the kernels in WebAssembly', () => {
  test('write what those in TypeScript write, whatever the pages', () => {
    // One memory for all runs: what an earlier run has left must not matter.
    const simd = simdKernels(room)!;
    const scalar = scalarKernels(new ArrayBuffer(room));
    fc.assert(
      fc.property(scenario, (one) => {
        expect(run(simd, one)).toEqual(run(scalar, one));
      }),
      { numRuns: 200 },
    );
  });

  test('count the zero bytes of the largest page, all zero and none', () => {
    for (const kernels of [simdKernels(room)!, scalarKernels(new ArrayBuffer(room))]) {
      const facts = new Uint32Array(kernels.buffer, 64, 1);
      const bytes = new Uint8Array(kernels.buffer, 128, 65536);
      const window = { pages: 1, pageBytes: 65536, current: 128, facts: 64 };
      kernels.comparePages(window, undefined);
      expect(facts[0]).toBe(65536);
      bytes.fill(0x80);
      kernels.comparePages(window, undefined);
      expect(facts[0]).toBe(0);
    }
  });
});
