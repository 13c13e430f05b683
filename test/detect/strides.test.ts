import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/assemble/build-report.ts';
import { type DiffResult, diffDumps } from '../../src/diff-dumps.ts';
import type { OpenedDump } from '../../src/memory/opened-dump.ts';
import { newRandom, openedDump, poolDumps, type RecordContent, recordContents } from '../synth/pool-process.ts';

const options = { allocators: [], withCells: false, bytesPerCell: undefined };

function expectStride(result: DiffResult, stride: number, counts: readonly number[]): void {
  expect(result.decision.status).toBe('leak');
  expect(result.decision.suspects.map((one) => one.sizeClass.stride)).toEqual([stride]);
  const found = [...result.decision.suspects[0]!.sizeClass.counts];
  for (const [index, count] of counts.entries()) {
    expect(Math.abs(found[index]! - count)).toBeLessThanOrEqual(Math.max(3, count * 0.01));
  }
}

const growth = 2_000_000;

describe('a pool of equal records is found without any allocator', () => {
  for (const content of recordContents) {
    for (const stride of [48, 304, 1000, 4104, 65552]) {
      test(`${content}, ${stride} bytes`, async () => {
        const most = Math.max(60, Math.floor(growth / stride));
        const counts = [Math.floor(most / 5), Math.floor(most / 2), most];
        expectStride(await diffDumps(poolDumps({ stride, content, counts }), options), stride, counts);
      });
    }
  }
});

describe('in a process of a big-endian processor', () => {
  test.each(recordContents)(
    '%s records are found, those at the borders of what is read at once too',
    async (content) => {
      // Records of this size stand across the borders of pieces, and across pages.
      const counts = [8000, 18_000, 38_000];
      const dumps = poolDumps({ stride: 104, content, counts, isBigEndian: true });
      expectStride(await diffDumps(dumps, options), 104, counts);
    },
  );

  test.each(['mixed', 'vtable'] as const)('%s records look as they do in a little-endian one', async (content) => {
    const allocations = [false, true].map(async (isBigEndian) => {
      const dumps = poolDumps({ stride: 104, content, counts: [4000, 9000, 20_000], isBigEndian });
      const result = await diffDumps(dumps, options);
      return buildReport(result, { allocators: [], version: '0', fullPaths: false }).allocations;
    });
    const [little, big] = await Promise.all(allocations);
    expect(little!.length).toBeGreaterThan(0);
    expect(big!.map(({ strideBytes, fields }) => ({ strideBytes, fields }))).toEqual(
      little!.map(({ strideBytes, fields }) => ({ strideBytes, fields })),
    );
  });
});

test('the smallest records with a marking word are found', async () => {
  const counts = [10_000, 30_000, 70_000];
  expectStride(await diffDumps(poolDumps({ stride: 24, content: 'vtable', counts }), options), 24, counts);
});

test.each([
  ['addresses of a kernel', 0xffff_f802_1234_5678n],
  ['words that a double does not hold', 0x6b61_654c_0206_0b01n],
])('records that only %s mark are found and counted', async (_, mark) => {
  const counts = [4000, 9000, 20_000];
  const stride = 96;
  const random = newRandom(5);
  const all = new Uint8Array(counts[2]! * stride);
  const view = new DataView(all.buffer);
  for (let at = 0; at < all.length; at += 4) view.setUint32(at, random(), true);
  for (let at = 0; at < all.length; at += stride) view.setBigUint64(at + 8, mark, true);
  const dumps = counts.map((count, index) =>
    openedDump(all.slice(0, Math.ceil((count * stride) / 4096) * 4096), index),
  );
  expectStride(await diffDumps(dumps, options), stride, counts);
});

test('growing random bytes hold no stride', async () => {
  const random = newRandom(3);
  const all = Uint8Array.from({ length: 3 << 20 }, () => random() >>> 11);
  const dumps = [1, 2, 3].map((size, index) => openedDump(all.slice(0, size << 20), index));
  const { decision, candidates } = await diffDumps(dumps, options);
  expect(decision.status).toBe('growth');
  expect(decision.suspects).toEqual([]);
  expect(candidates.filter((one) => one.share > 0.1)).toEqual([]);
});

test('text has periods of its own, which are no blocks', async () => {
  const phrase = 'the quick brown fox jumps over the lazy dog ';
  const all = new TextEncoder().encode(phrase.repeat(70_000));
  const dumps = [1, 2, 3].map((size, index) => openedDump(all.slice(0, size << 20), index));
  const { decision } = await diffDumps(dumps, options);
  expect(decision.suspects).toEqual([]);
});

test('a fill pattern is no stride', async () => {
  const dumps = [1, 2, 3].map((size, index) => openedDump(new Uint8Array(size << 20).fill(0x5a), index));
  const { decision } = await diffDumps(dumps, options);
  expect(decision.suspects).toEqual([]);
});

test('an array inside each record does not pass for the record', async () => {
  const content: RecordContent = 'counter';
  const stride = 1040;
  const dumps = poolDumps({ stride, content, counts: [500, 1200, 2400] });
  for (const dump of dumps) addArrays(dump.memory.dump.regions.at(1)!.start, dump, stride);
  const result = await diffDumps(dumps, options);
  expect(result.decision.suspects.map((one) => one.sizeClass.stride)).toEqual([stride]);

  /** Forty entries of 24 bytes with a marking word each. */
  function addArrays(start: number, dump: (typeof dumps)[number], size: number): void {
    const region = new Uint8Array(dump.memory.capturedBytesFrom(start, 1 << 30));
    dump.memory.read(start, region);
    const view = new DataView(region.buffer);
    for (let at = 0; at + size <= region.length; at += size) {
      for (let entry = 0; entry < 40; entry++) view.setBigUint64(at + 16 + entry * 24, 0x5555_0000_1000n, true);
    }
    dumps[dumps.indexOf(dump)] = openedDump(region, dumps.indexOf(dump));
  }
});

describe('slabs of a pool', () => {
  const slab = 65_536;

  /** Slabs in turn for each size: a header that points to the pool, then cells that begin with the given words. */
  function slabDumps(cells: readonly { readonly size: number; readonly mark: bigint }[], slabs: readonly number[]) {
    return slabs.map((count, index) => {
      const bytes = new Uint8Array(count * slab);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < count; at++) {
        const { size, mark } = cells[at % cells.length]!;
        const start = at * slab;
        view.setBigUint64(start, 0x7f10_0000_0040n, true);
        for (let cell = start + 64; cell + size <= start + slab; cell += size) {
          view.setBigUint64(cell, mark, true);
          view.setBigUint64(cell + 8, BigInt(cell) * 7919n, true);
        }
      }
      return openedDump(bytes, index);
    });
  }

  test('are no blocks, the cells of several sizes in them are', async () => {
    const cells = [
      { size: 96, mark: 0x5555_0000_1010n },
      { size: 320, mark: 0x5555_0000_1020n },
    ];
    const { decision } = await diffDumps(slabDumps(cells, [8, 24, 48]), options);
    expect(decision.suspects.map((one) => one.sizeClass.stride).sort((a, b) => a - b)).toEqual([96, 320]);
  });

  test('are told apart where cells of two sizes begin alike', async () => {
    const cells = [
      { size: 96, mark: 0x5555_0000_1010n },
      { size: 1008, mark: 0x5555_0000_1010n },
      { size: 96, mark: 0x5555_0000_1010n },
    ];
    const { decision } = await diffDumps(slabDumps(cells, [9, 24, 48]), options);
    const found = new Map(decision.suspects.map((one) => [one.sizeClass.stride, [...one.sizeClass.counts]]));
    const perSlab = (size: number) => Math.floor((slab - 64) / size);
    expect(found.get(96)).toEqual([6, 16, 32].map((slabs) => slabs * perSlab(96)));
    expect(found.get(1008)).toEqual([3, 8, 16].map((slabs) => slabs * perSlab(1008)));
    expect(found.size).toBe(2);
  });

  test('hold values that come again every so many cells, which are no blocks', async () => {
    const mark = 0x5555_0000_1010n;
    const cells = [
      { size: 192, mark },
      { size: 96, mark: 0x5555_0000_1020n },
    ];
    const dumps = slabDumps(cells, [30, 60, 90]).map(({ memory }, index) => {
      const { start, end } = memory.dump.regions.at(1)!;
      const bytes = new Uint8Array(end - start);
      memory.read(start, bytes);
      const view = new DataView(bytes.buffer);
      // As the last digits of a number in a name, for numbers of one length.
      for (let at = 0, cell = 0; at < bytes.length; at += 8) {
        if (view.getBigUint64(at, true) !== mark) continue;
        if (cell % 3000 >= 1800 && cell % 100 === 45) view.setBigUint64(at + 16, 0x3534n, true);
        cell++;
      }
      return openedDump(bytes, index);
    });
    const { candidates, decision } = await diffDumps(dumps, options);
    expect(candidates.map((one) => one.sizeClass.stride).sort((a, b) => a - b)).toEqual([96, 192]);
    expect(decision.suspects).toHaveLength(2);
  });

  test('hold kinds of one size that share a word, each counted for itself', async () => {
    const cells = [
      { size: 1040, mark: 0x5555_0000_1010n },
      { size: 1040, mark: 0x5555_0000_1020n },
    ];
    const dumps = slabDumps(cells, [9, 25, 48]);
    for (const [index, dump] of dumps.entries()) {
      const { start, end } = dump.memory.dump.regions.at(1)!;
      const bytes = new Uint8Array(end - start);
      dump.memory.read(start, bytes);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < bytes.length; at += slab) {
        for (let cell = at + 64; cell + 1040 <= at + slab; cell += 1040) {
          view.setBigUint64(cell + 16, 1040n, true);
          view.setBigUint64(cell + 24, view.getBigUint64(cell, true) + 0x100n, true);
        }
      }
      dumps[index] = openedDump(bytes, index);
    }
    const { decision } = await diffDumps(dumps, options);
    const perSlab = Math.floor((slab - 64) / 1040);
    const counts = decision.suspects.map((one) => [one.sizeClass.stride, ...one.sizeClass.counts]);
    expect(counts.sort((a, b) => a[1]! - b[1]!)).toEqual([
      [1040, ...[4, 12, 24].map((slabs) => slabs * perSlab)],
      [1040, ...[5, 13, 24].map((slabs) => slabs * perSlab)],
    ]);
  });
});

describe('blocks in slabs, whose content comes round again after many of them', () => {
  const stride = 448;
  const slabBytes = 16_384;
  const headerBytes = 48;
  const perSlab = Math.floor((slabBytes - headerBytes) / stride);

  /** Each block begins with a word that all share; what follows depends on its number. */
  function slabDumps(counts: readonly number[], fill: (number: number, block: DataView) => void): OpenedDump[] {
    const slabs = Math.ceil(counts.at(-1)! / perSlab);
    const all = new Uint8Array(slabs * slabBytes);
    const place = (block: number) => Math.floor(block / perSlab) * slabBytes + headerBytes + (block % perSlab) * stride;
    for (let block = 0; block < counts.at(-1)!; block++) {
      const view = new DataView(all.buffer, place(block), stride);
      view.setBigUint64(0, 0x5555_0000_2340n, true);
      fill(block, view);
    }
    return counts.map((count, index) => {
      const end = place(count - 1) + stride;
      const bytes = all.slice(0, Math.ceil(end / 4096) * 4096);
      bytes.fill(0, end);
      return openedDump(bytes, index);
    });
  }

  test.each([200, 256, 100])('passed for blocks as far apart as their content: %d', async (cycle) => {
    const counts = [4000, 8500, 13_500];
    const dumps = slabDumps(counts, (number, block) => {
      for (let at = 8; at < stride; at++) block.setUint8(at, (number % cycle) + 1);
    });
    expectStride(await diffDumps(dumps, options), stride, counts);
  });
});

test('records that fill most of a block, row by row, do not hide it', async () => {
  const stride = 4104;
  const all = new Uint8Array(1500 * stride);
  const view = new DataView(all.buffer);
  const random = newRandom(11);
  for (let start = 0; start < all.length; start += stride) {
    view.setBigUint64(start, 0x5555_0000_2340n, true);
    // Records of 40 bytes, one in ten without their mark.
    for (let at = start + 24; at + 40 <= start + stride; at += 40) {
      if (random() % 10 > 0) view.setBigUint64(at, 0x5555_0000_1180n, true);
      view.setUint32(at + 16, random(), true);
    }
  }
  const counts = [300, 800, 1500];
  const dumps = counts.map((count, index) =>
    openedDump(all.slice(0, Math.ceil((count * stride) / 4096) * 4096).fill(0, count * stride), index),
  );
  const [first] = (await diffDumps(dumps, options)).decision.suspects;
  expect(first?.sizeClass.stride).toBe(stride);
  expect([...first!.sizeClass.counts]).toEqual(counts);
});
