import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { unpackPage } from '../../src/bytes/unpack-page.ts';
import { loadZstd } from '../../src/bytes/zstd-block.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { fixtureContent } from '../bytes/fixtures/content.ts';
import {
  flatten,
  packSnappy,
  pagePackings,
  type SynthKdump,
  type SynthRange,
  writeAvml,
  writeKdump,
  writeLime,
} from '../synth/synth-machine-memory.ts';
import { openDump } from './open-dump.ts';

beforeAll(loadZstd);

const page = 4096;

/** Bytes that tell from where they come: runs of one value, and values that change. */
function pattern(size: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at % 100 < 40 ? seed : at * seed + (at >>> 8)));
}

const fixture = (name: string) => readFileSync(new URL(`../bytes/fixtures/${name}`, import.meta.url));

function open(bytes: Uint8Array): Memory {
  const source = memorySource(bytes);
  const dump = openDump(source);
  return openMemory(dump, dump.content ?? source);
}

function bytesAt(memory: Memory, address: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, memory.read(address, bytes));
}

const codes = ({ dump }: Memory) => dump.warnings.map(({ code }) => code);

describe('pages packed by the programs that invented the packing', () => {
  const content = fixtureContent();
  test.each([
    ['lzo', 'content.lzo'],
    ['lzo', 'content.lzo9'],
    ['snappy', 'content.snappy'],
    ['zstd', 'content.zst'],
  ] as const)('%s: %s', (packing, name) => {
    expect(unpackPage(packing, fixture(name), content.length)).toEqual(new Uint8Array(content));
  });

  test('of another size, cut off or damaged anywhere give nothing, or as many bytes as a page has', () => {
    for (const [packing, name] of [
      ['lzo', 'content.lzo'],
      ['snappy', 'content.snappy'],
      ['zstd', 'content.zst'],
    ] as const) {
      const packed = fixture(name);
      expect(unpackPage(packing, packed, content.length - 1)).toBeUndefined();
      for (let at = 1; at < packed.length; at += Math.ceil(packed.length / 100)) {
        expect(unpackPage(packing, packed.subarray(0, at), content.length)).toBeUndefined();
        const damaged = Buffer.from(packed);
        damaged[at]! ^= 0xff;
        expect([undefined, content.length]).toContain(unpackPage(packing, damaged, content.length)?.length);
      }
    }
  });

  test('what a simple packer makes of anything is read back by Snappy', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(unpackPage('snappy', packSnappy(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });
});

describe.each([
  ['lime', writeLime],
  ['avml', writeAvml],
] as const)('%s', (id, write) => {
  const ranges: SynthRange[] = [
    { address: 0x1000, bytes: pattern(3 * page, 3) },
    { address: 0x1000 + 3 * page, bytes: pattern(page, 4) },
    { address: 0x1_0000_0000, bytes: pattern(2 * page + 100, 5) },
  ];

  test('a later header of what cannot be leaves what came before, with a warning', () => {
    const file = Buffer.from(write(ranges));
    const second = file.indexOf(file.subarray(0, 8), 8);
    // e_addr below s_addr.
    file.writeBigUInt64LE(0n, second + 16);
    const memory = open(file);
    expect(codes(memory)).toEqual(['damaged-ranges', 'physical-addresses']);
    expect(memory.dump.regions.map(({ start, end }) => [start, end])).toEqual([[0x1000, 0x1000 + 3 * page]]);
    file.writeBigUInt64LE(0n, 16);
    expect(() => open(file)).toThrow('e_addr');
  });

  test('gives the bytes at their physical addresses, ranges that touch as one', () => {
    const memory = open(write(ranges));
    expect(memory.dump).toMatchObject({
      format: id,
      addressSpace: 'physical',
      operatingSystem: 'linux',
      processId: null,
    });
    expect(codes(memory)).toEqual(['physical-addresses']);
    expect(memory.dump.regions.map(({ start, end }) => [start, end])).toEqual([
      [0x1000, 0x1000 + 4 * page],
      [0x1_0000_0000, 0x1_0000_0000 + 2 * page + 100],
    ]);
    for (const { address, bytes } of ranges) expect(bytesAt(memory, address, bytes.length)).toEqual(Buffer.from(bytes));
    expect(memory.u8(0)).toBeUndefined();
    expect(memory.u8(0x1_0000_0000 + 2 * page + 100)).toBeUndefined();
  });

  test('cut off, it holds what is whole and says so', () => {
    const file = write(ranges);
    const memory = open(file.subarray(0, file.length - 200));
    expect(codes(memory)).toContain('truncated');
    expect(memory.dump.captured.length).toBe(3);
    expect(bytesAt(memory, 0x1000, 3 * page)).toEqual(Buffer.from(ranges[0]!.bytes));
  });

  test('with something else behind a range, it holds what stands before', () => {
    const file = Buffer.concat([write(ranges), Buffer.alloc(50, 7)]);
    expect(codes(open(file))).toEqual(['damaged-ranges', 'physical-addresses']);
  });

  test('with a range that ends before it starts is refused', () => {
    const file = write(ranges);
    new DataView(file.buffer).setBigUint64(16, 0n, true);
    expect(() => open(file)).toThrow(/e_addr: expected an address behind s_addr/);
  });
});

test('a damaged chunk of an AVML dump reads as not captured, not as zero', () => {
  const bytes = pattern(3 * page);
  const file = writeAvml([{ address: 0, bytes }], page);
  // Behind header, stream identifier, chunk header and checksum, and the size: a copy that goes back too far.
  file.set([0xfe, 0xff, 0xff], 32 + 10 + 8 + 2);
  const memory = open(file);
  expect(memory.u8(0)).toBeUndefined();
  expect(bytesAt(memory, page, 2 * page)).toEqual(Buffer.from(bytes.subarray(page)));
});

describe('compressed kdump', () => {
  const pages: SynthKdump['pages'] = new Map([
    ...pagePackings.map((packing, index) => [index + 3, { bytes: pattern(page, index + 1), packing }] as const),
    [20, null],
    [70_001, { bytes: pattern(page, 99), packing: 'zlib' } as const],
  ]);
  const dump: SynthKdump = { pages, frameCount: 70_010, vmcoreInfo: 'OSRELEASE=6.1\nCRASHTIME=1700000000\n' };

  test.each([
    ['64 bit', {}, { architecture: 'x64', pointerSize: 8, littleEndian: true }],
    ['32 bit', { is64Bit: false, machine: 'i686' }, { architecture: 'x86', pointerSize: 4 }],
    ['32 bit, padded', { is64Bit: false, isPadded: true, machine: 'armv7l' }, { architecture: 'arm', pointerSize: 4 }],
    ['big endian', { littleEndian: false, machine: 's390x' }, { architecture: 'other', littleEndian: false }],
    ['diskdump', { signature: 'DISKDUMP' }, { architecture: 'x64' }],
  ] as const)('%s: gives each page, however it is packed', (_, kind, expected) => {
    const memory = open(writeKdump({ ...dump, ...kind }));
    expect(memory.dump).toMatchObject({ format: 'kdump', addressSpace: 'physical', pageSize: page, ...expected });
    expect(memory.dump.capturedAt).toEqual(new Date(1_700_000_000_000));
    expect(memory.dump.details).toContainEqual({ name: 'Kernel', value: '6.1' });
    expect(codes(memory)).toEqual(['pages-left-out', 'physical-addresses']);
    for (const [frame, held] of pages) {
      const bytes = bytesAt(memory, frame * page, page);
      expect(bytes).toEqual(Buffer.from(held?.bytes ?? []));
    }
    expect(memory.dump.captured.map(({ start, size }) => [start / page, size / page])).toEqual([
      [3, 5],
      [70_001, 1],
    ]);
    expect(memory.dump.regions.map(({ start, end }) => [start / page, (end - start) / page])).toEqual([
      [3, 5],
      [20, 1],
      [70_001, 1],
    ]);
  });

  test('takes the time of the dump where the kernel tells no time of a crash', () => {
    const memory = open(writeKdump({ ...dump, vmcoreInfo: '', seconds: 1_600_000_000 }));
    expect(memory.dump.capturedAt).toEqual(new Date(1_600_000_000_000));
    expect(memory.dump.details).toContainEqual({ name: 'Kernel', value: '5.0-synth' });
  });

  test('of a part of a split dump, the pages of the other parts are missing', () => {
    const memory = open(writeKdump({ ...dump, split: [5, 1000] }));
    expect(codes(memory)).toEqual(['split-dump', 'pages-left-out', 'physical-addresses']);
    expect(memory.dump.captured.map(({ start, size }) => [start / page, size / page])).toEqual([[5, 3]]);
    expect(bytesAt(memory, 5 * page, page)).toEqual(Buffer.from(pages.get(5)!.bytes));
  });

  test('cut off, it holds the pages whose data is there', () => {
    const file = writeKdump(dump);
    const memory = open(file.subarray(0, file.length - 10));
    expect(codes(memory)).toContain('truncated');
    expect(memory.dump.captured.map(({ start, size }) => [start / page, size / page])).toEqual([[3, 5]]);
  });

  test('whose writer ran out of space says so', () => {
    expect(codes(open(writeKdump({ ...dump, status: 8 })))).toContain('incomplete');
  });

  test('with a header that makes no sense is refused', () => {
    const file = writeKdump(dump);
    new DataView(file.buffer).setUint32(428, 12345, true);
    expect(() => open(file)).toThrow(/block_size/);
  });
});

describe('the flattened format', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
  const path = join(folder, 'a.flat');
  const file = writeLime([{ address: 0x1000, bytes: pattern(3 * page) }]);

  async function openFlattened(bytes: Uint8Array) {
    const { openSource } = await import('../../src/bytes/decompress.ts');
    writeFileSync(path, bytes);
    return openSource(path, { tempDir: folder });
  }

  function pieces(...cuts: readonly number[]) {
    return [0, ...cuts].map((offset, index) => ({ offset, bytes: file.subarray(offset, cuts[index] ?? file.length) }));
  }

  test('is put together in any order; what was written last counts; what was never written is zero', async () => {
    const [a, b, c] = pieces(100, 5000);
    const wrong = { offset: 90, bytes: new Uint8Array(50).fill(0xee) };
    const source = await openFlattened(
      flatten([c!, wrong, a!, b!, { offset: file.length + 10, bytes: Uint8Array.of(1) }]),
    );
    const bytes = Buffer.alloc(source.size);
    expect(source.read(0, bytes)).toBe(file.length + 11);
    expect(bytes).toEqual(Buffer.concat([file, Buffer.alloc(10), Buffer.of(1)]));
    expect(source.warnings).toEqual([]);
    expect(openDump(source).format).toBe('lime');
    source.close();
  });

  test('cut off or damaged, it gives what is there and a warning', async () => {
    const flattened = flatten(pieces(100, 5000));
    const cut = await openFlattened(flattened.subarray(0, flattened.length - 1000));
    expect(cut.warnings).toMatchObject([{ code: 'damaged-flattened' }]);
    expect(cut.size).toBe(file.length - 1000 + 16);
    cut.close();
    new DataView(flattened.buffer).setBigInt64(4096 + 16 + 100, -5n);
    const damaged = await openFlattened(flattened);
    expect(damaged.warnings).toMatchObject([{ code: 'damaged-flattened' }]);
    expect(damaged.size).toBe(100);
    damaged.close();
  });

  test('any pieces give the same bytes as writing them one after the other', async () => {
    const piece = fc.record({
      offset: fc.integer({ min: 0, max: 300 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 10 }), async (list) => {
        const expected = Buffer.alloc(Math.max(...list.map(({ offset, bytes }) => offset + bytes.length)));
        for (const { offset, bytes } of list) expected.set(bytes, offset);
        const source = await openFlattened(flatten(list));
        const bytes = Buffer.alloc(expected.length + 5);
        expect(source.read(0, bytes)).toBe(expected.length);
        expect(bytes.subarray(0, expected.length)).toEqual(expected);
        source.close();
      }),
      { numRuns: 50 },
    );
    rmSync(folder, { recursive: true });
  });
});
