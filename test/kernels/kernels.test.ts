import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAddressTable } from '../../src/kernels/address-table.ts';
import { kernelModule } from '../../src/kernels/kernel-module.ts';
import type { Kernels, PageKernels, PageNotes, PageWindow, WordRules } from '../../src/kernels/kernels.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import { readShapes } from '../../src/kernels/shapes.ts';
import { simdKernels } from '../../src/kernels/simd-kernels.ts';
import { newStepTable } from '../../src/kernels/step-table.ts';
import { beginTally, tallyBytes } from '../../src/kernels/tally-table.ts';
import { mostCompanions, type Token, type TokenSignature, writeTokens } from '../../src/kernels/token-table.ts';
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
  fc.constantFrom(0xf_ffff_efffn, 0xf_ffff_f000n, 0x10_0000_0ff8n, 0x10_0000_1000n, 0x10_0000_2000n, 0x10_0000_3000n),
  // Bytes on the borders of text.
  fc
    .array(fc.constantFrom(0n, 8n, 9n, 10n, 11n, 13n, 14n, 31n, 32n, 126n, 127n, 128n, 255n), {
      minLength: 8,
      maxLength: 8,
    })
    .map((bytes) => bytes.reduce<bigint>((value, byte) => (value << 8n) | byte, 0n)),
  fc.constantFrom(0x6f77_206f_6c6c_6568n, 0x0062_0061_0064_0063n, 0x0009_000d_000a_0020n, 0x7f7e_2020_2020_2020n),
  fc.constantFrom(0x0000_6162_0000_6162n, 0x1f20_2020_2020_2020n, 0x0062_0061_0000_0001n, 0x8000_0000_0000_0000n),
);

/** `isKept`: the dump before has the same. */
const page = fc.record({
  words: fc.array(word, { minLength: 1, maxLength: 48 }),
  isKept: fc.boolean(),
  isCaptured: fc.boolean(),
});

const scenario = fc.record({
  pageBytes: fc.constantFrom(128, 256, 1024, 4096, 65536),
  /** Dumps, each with the same number of pages. */
  pages: fc.integer({ min: 1, max: 3 }).chain((count) => {
    return fc.array(fc.array(page, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 3 });
  }),
  misalignment: fc.nat({ max: 15 }),
  isWide: fc.boolean(),
  isBigEndian: fc.boolean(),
  ranges: fc.constantFrom<number[][][]>(
    [],
    [[0x1000, 0x2000]],
    [
      [-(2 ** 47), -4096],
      [0x1000, 0x2000],
      [0x3000, 0x0064_0000],
    ],
    [
      [0x3000, 0x4000],
      [0x10_0000_2000, 0x10_0000_3000],
    ],
    [[0xf_ffff_f000, 0x10_0000_1000]],
    // More than the kernels hold words against at once.
    Array.from({ length: 12 }, (_, index) => [0x1000 * (index + 1), 0x1000 * (index + 1) + 0x100 * (index + 2)]),
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
  const mapped = planAddressTable(one.ranges.map(([start, end]) => ({ start: start!, end: end! })));
  const rules: WordRules = { isWide, isBigEndian, ranges: mapped.write(kernels.buffer, take(mapped.bytes)) };
  const cellBytes = Math.min(pageBytes, 8 << one.cellShift);
  const results: number[][] = [];
  const sums = take(16);
  const runs = take(8 * 4);
  const ofAll: number[] = [];
  let before: { window: PageWindow; notes: PageNotes; counts: number; codes: number } | undefined;
  for (const dump of one.pages) {
    const pages = dump.length;
    const current = take(pages * pageBytes + 16) + one.misalignment;
    const window = { pages, pageBytes, current, facts: take(pages * 4) };
    const counts = take(pages * 20);
    const codes = take((pages * pageBytes) / cellBytes);
    const notes = { captured: take(pages * 4), flags: take(pages) };
    const captured = dump.map(({ isCaptured }) => (isCaptured ? pageBytes : 0));
    new Uint32Array(kernels.buffer, notes.captured, pages).set(captured);
    const isHeld = captured.some((size) => size > 0);
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
    kernels.tellPages(window, notes, before && (isHeld ? before.notes : null), sums);
    ofAll.push(notes.flags);
    const runCount = kernels.grownRuns(ofAll[0]!, notes.flags, pages, runs);
    results.push(
      [...bytes.subarray(notes.flags, notes.flags + pages)],
      [...new Uint32Array(kernels.buffer, sums, 4)],
      [...new Uint32Array(kernels.buffer, runs, 2 * runCount)],
    );
    kernels.kindCounts(window, rules, counts, before?.counts ?? 0);
    kernels.kindCells(window, rules, cellBytes, codes, before?.codes ?? 0);
    results.push(
      [...new Uint32Array(kernels.buffer, window.facts, pages)],
      [...new Uint32Array(kernels.buffer, counts, pages * 5)],
      [...bytes.subarray(codes, codes + (pages * pageBytes) / cellBytes)],
    );
    before = { window, notes, counts, codes };
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

const mapped = planAddressTable([
  { start: 0x1000, end: 0x2000 },
  { start: 0x3000, end: 0x64_0000 },
]);
const mappedPlace = 262_144;

/** The words once, or as often as it takes to go beyond what kernels look at together. */
const words = fc
  .record({ once: fc.array(word, { minLength: 1, maxLength: 80 }), least: fc.constantFrom(1, 1, 1, 2500) })
  .map(({ once, least }) => Array.from({ length: Math.ceil(least / once.length) }, () => once).flat());

const stretch = fc.record({
  words,
  keys: fc.uniqueArray(word, { minLength: 1, maxLength: 12 }),
  wordBytes: fc.constantFrom(4 as const, 8 as const),
  steps: fc.array(
    fc.record({
      isTaken: fc.boolean(),
      bytes: fc.nat({ max: 40 }).map((count) => 8 * count),
      from: fc.nat({ max: 3 }).map((count) => 8 * count),
    }),
    { maxLength: 5 },
  ),
  misalignment: fc.constantFrom(0, 4, 8, 12),
});

type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

/** Signatures of a token whose companions are words of the stretch, or are not. */
function signaturesOf(token: number, { words, wordBytes }: Stretch): TokenSignature[] {
  const companions = words.slice(0, token % (mostCompanions + 1)).map((word, index) => ({
    offset: wordBytes * (index - (token % 3)),
    lo: Number(BigInt.asUintN(32, word)),
    hi: Number(word >> 32n),
  }));
  return [{ index: 2 * token, companions }, ...(token % 2 === 0 ? [{ index: 2 * token + 1, companions: [] }] : [])];
}

/** Hits of the values and of all shapes that the stretch itself begins with, some of them taken over. */
function find(kernels: Kernels, one: Stretch): number[][] {
  const { words, wordBytes, misalignment } = one;
  const { buffer } = kernels;
  const place = 16384 + misalignment;
  new Uint8Array(buffer, 8192, 57344).fill(0);
  const view = new DataView(buffer);
  for (const [index, value] of words.entries()) view.setBigUint64(place + 8 * index, value, true);
  const narrow = (value: bigint) => (wordBytes === 4 ? value & 0xffff_ffffn : value);
  const values: Token[] = [...new Set(one.keys.map(narrow))].map((value, index) => {
    const lowMask = index % 2 === 0 ? -1 : ~0x3ff;
    const lo = (Number(BigInt.asUintN(32, value)) & lowMask) >>> 0;
    return { lo, hi: Number(value >> 32n), lowMask, signatures: signaturesOf(index, one) };
  });
  const before = { place: 458_752, count: 40 };
  const hitsBefore = Array.from({ length: before.count }, (_, index) => [64 + 24 * index, 100 + index]).flat();
  new Uint32Array(buffer, before.place, 2 * before.count).set(hitsBefore);
  const table = newStepTable(buffer, 131_072);
  let offset = 64;
  let read = 0;
  for (const { isTaken, bytes, from } of one.steps) {
    if (isTaken) table.addTaken(bytes, offset);
    else {
      const left = Math.min(bytes, 8 * words.length - read);
      table.addStretch(place + read, left, offset, Math.min(from, left));
      read += left;
    }
    offset += bytes;
  }
  table.addStretch(place + read, 8 * words.length - read, offset, 0);
  const steps = { table, wordBytes };
  const take = (count: number) => [...new Uint32Array(buffer, 65536, 2 * count)];
  const foundValues = take(kernels.findValues(steps, writeTokens(buffer, 64, values), before, 65536));
  const ranges = mapped.write(buffer, mappedPlace);
  const shapes: Token[] = shapesIn(new Uint32Array(buffer.slice(place, place + 8 * words.length)), wordBytes)
    .slice(0, 12)
    .map((shape, index) => ({ lo: shape, hi: 0, lowMask: -1, signatures: signaturesOf(index, one) }));
  return [foundValues, take(kernels.findShapes(steps, writeTokens(buffer, 64, shapes), ranges, before, 65536))];
}

function shapesIn(words: Uint32Array, wordBytes: 4 | 8): number[] {
  const shapes = new Set<number>();
  const isPointer = (value: number) => (value >= 0x1000 && value < 0x2000) || (value >= 0x3000 && value < 0x64_0000);
  readShapes(words, wordBytes, isPointer, (shape) => shapes.add(shape));
  return [...shapes];
}

test('tokens are found where those in TypeScript find them, whatever the words', () => {
  const simd = simdKernels(room)!;
  const scalar = scalarKernels(new ArrayBuffer(room));
  let hits = 0;
  fc.assert(
    fc.property(stretch, (one) => {
      const found = find(simd, one);
      hits += found.flat().length;
      expect(found).toEqual(find(scalar, one));
    }),
    { numRuns: 500 },
  );
  expect(hits).toBeGreaterThan(1000);
});

const flagged = fc.record({
  flags: fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 5, 6, 9, 10, 17, 128, 133), fc.integer({ min: 1, max: 6 })), {
    maxLength: 20,
  }),
  kind: fc.record({
    mask: fc.constantFrom(3, 28),
    wanted: fc.constantFrom(1, 4),
    least: fc.integer({ min: 1, max: 5 }),
  }),
  address: fc.constantFrom(0, 4096, 0x7f12_3456_7000, -(2 ** 47)),
});

test('runs of pages of a kind are those of TypeScript, and of as many pages as they have to be', () => {
  let told = 0;
  const all = [simdKernels(room)!, scalarKernels(new ArrayBuffer(room))];
  fc.assert(
    fc.property(flagged, ({ flags, kind, address }) => {
      const pages = flags.flatMap(([flag, count]) => Array.from({ length: count }, () => flag));
      const [simd, scalar] = all.map((kernels) => {
        new Uint8Array(kernels.buffer, 65, pages.length + 1).set([...pages, kind.wanted]);
        const place = { flags: 65, count: pages.length, address, pageBytes: 4096 };
        return [...new Float64Array(kernels.buffer, 4096, 2 * kernels.runsOf(kind, place, 4096))];
      });
      expect(simd).toEqual(scalar);
      told += simd!.length;
      for (let run = 0; run < simd!.length; run += 2)
        expect(simd![run + 1]! - simd![run]!).toBeGreaterThanOrEqual(4096 * kind.least);
    }),
    { numRuns: 300 },
  );
  expect(told).toBeGreaterThan(300);
});

const tallied = fc.record({
  /** Per hit the distance from the one before, in bytes, and the signature. */
  hits: fc.array(fc.tuple(fc.constantFrom(48, 48, 48, 8, 0, 4096), fc.nat({ max: 2 })), { maxLength: 60 }),
  origin: fc.constantFrom(0x1000, 0x7f12_3456_7000, -(2 ** 47), -4096, 2 ** 32 - 64),
  limit: fc.constantFrom(2 ** 32, 2 ** 31, 2 ** 28, 0),
});

/** What was told of the hits, given in two calls, and what stands in the tallies then. */
function tally(kernels: Kernels, { hits, origin, limit }: typeof tallied extends fc.Arbitrary<infer T> ? T : never) {
  const { buffer } = kernels;
  for (let index = 0; index < 3; index++)
    beginTally(buffer, 64 + tallyBytes * index, { isShared: index > 0, stride: 48, limit });
  let offset = 0;
  const pairs = hits.map(([distance, signature]) => {
    offset += distance;
    return [offset, signature];
  });
  const half = pairs.length >> 1;
  const told = [pairs.slice(0, half), pairs.slice(half)].map((own) => {
    new Uint32Array(buffer, 4096, 2 * own.length).set(own.flat());
    const count = kernels.tallyHits({ place: 4096, count: own.length }, origin, 64, 8192);
    return [...new Float64Array(buffer, 8192, 2 * count)];
  });
  return [told, [...new Uint8Array(buffer, 64, 3 * tallyBytes)]];
}

test('hits are tallied as those in TypeScript tally them', () => {
  const simd = simdKernels(room)!;
  const scalar = scalarKernels(new ArrayBuffer(room));
  let told = 0;
  fc.assert(
    fc.property(tallied, (one) => {
      const found = tally(simd, one);
      told += found[0]!.flat().length;
      expect(found).toEqual(tally(scalar, one));
    }),
    { numRuns: 300 },
  );
  expect(told).toBeGreaterThan(100);
});

/** What stands in the buckets once the tokens were counted, and the lists once those of most hashes were listed. */
function list(kernels: Kernels, one: Stretch): number[][] {
  const { words, wordBytes, misalignment } = one;
  const place = 327_680 + misalignment;
  const view = new DataView(kernels.buffer);
  for (const [index, value] of words.entries()) view.setBigUint64(place + 8 * index, value, true);
  const ranges = mapped.write(kernels.buffer, mappedPlace);
  const all = { place, bytes: 8 * words.length, wordBytes };
  const into = { buckets: { place: 16384, count: 4 }, keys: 65536, offsets: 196_608, origin: 4096 };
  const buckets = new Uint32Array(kernels.buffer, into.buckets.place, into.buckets.count);
  return (['listValues', 'listShapes'] as const).flatMap((listTokens) => {
    buckets.fill(0);
    kernels[listTokens](all, { ...into, keys: 0 }, ranges);
    const counts = [...buckets];
    const endCount = kernels.openBuckets(into.buckets, 2, 20480);
    const ends = [...new Uint32Array(kernels.buffer, 20480, endCount)];
    const listed = ends.at(-1) ?? 0;
    kernels[listTokens](all, into, ranges);
    kernels.tellPure(into.keys, { place: 20480, count: endCount }, 24576);
    const pure = [...new Uint8Array(kernels.buffer, 24576, endCount)];
    const keys = new Float64Array(kernels.buffer, into.keys, listed);
    const offsets = new Uint32Array(kernels.buffer, into.offsets, listed);
    return [counts, [...buckets], [...keys], [...offsets], ends, pure];
  });
}

test('tokens are listed by hash as those in TypeScript list them, whatever the words', () => {
  const simd = simdKernels(room)!;
  const scalar = scalarKernels(new ArrayBuffer(room));
  let listed = 0;
  const pure = [0, 0];
  fc.assert(
    fc.property(stretch, (one) => {
      const lists = list(simd, one);
      listed += lists[2]!.length + lists[8]!.length;
      for (const isPure of [...lists[5]!, ...lists[11]!]) pure[isPure]!++;
      expect(lists).toEqual(list(scalar, one));
    }),
    { numRuns: 500 },
  );
  expect(listed).toBeGreaterThan(500);
  expect(Math.min(...pure)).toBeGreaterThan(50);
});
