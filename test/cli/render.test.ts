import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { glibcMemory, someOfEach, withCache } from '../allocators/glibc-memory.ts';
import { factsOf } from '../synth/glibc-facts.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { placesOf, writeGlibcHeaps } from '../synth/synth-glibc-heap.ts';
import { writeMinidump } from '../synth/synth-minidump.ts';
import { writeNtHeap } from '../synth/synth-nt-heap.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

let folder: string;
/** Every byte of it is its offset, in words. */
const memory = new Uint8Array(Uint32Array.from({ length: 4096 }, (_, index) => index).buffer);
const base = 0x7ff600010000;

beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'a.core'), writeElfCore({ is64Bit: true, segments: [{ address: base, bytes: memory }] }));
  writeFileSync(join(folder, 'raw.bin'), memory);
});

const render = (...args: string[]) => runCli(['render', ...args], { cwd: folder });
const read = (name: string) => readFileSync(join(folder, name));

/** The pixels of a 32-bit BMP as numbers. */
function pixelsOf(name: string): number[] {
  const file = read(name);
  const count = file.readInt32LE(18) * -file.readInt32LE(22);
  return Array.from({ length: count }, (_, index) => file.readUInt32LE(54 + index * 4));
}

test('draws a whole file, and says what the picture holds', async () => {
  const { code, stdout, stderr } = await render('raw.bin', 'a.bmp');
  expect(code).toBe(0);
  expect(stdout).toBe('Picture: a.bmp, 64 × 64 pixels, 32 bits each, of 16,384 bytes\n');
  expect(stderr).toMatch(/shows the bytes of memory themselves, secrets in them too/);
  expect(pixelsOf('a.bmp')).toEqual(Array.from({ length: 4096 }, (_, index) => index));
});

test('unpacks a packed file', async () => {
  writeFileSync(join(folder, 'raw.bin.gz'), gzipSync(memory));
  await render('raw.bin', 'a.bmp', '--bpp', '24');
  await render('raw.bin.gz', 'b.bmp', '--bpp', '24');
  expect(read('b.bmp').equals(read('a.bmp'))).toBe(true);
});

describe('a range of addresses', () => {
  test.each([
    [['7ff6`00010400', '7ff6`000107ff']],
    [['7ff6`00010400 7ff6`000107ff']],
    [['7ff600010400 L400']],
    [['0x7ff600010400-0x7ff600010800']],
    [['0x7ff600010400+0x400']],
  ])('%j', async (range) => {
    await render('a.core', 'a.bmp', '--width', '16', '--range', ...range);
    expect(pixelsOf('a.bmp')).toEqual(Array.from({ length: 256 }, (_, index) => 256 + index));
  });

  test('as PNG', async () => {
    await render('a.core', 'a.png', '--width', '16', '--range', '7ff600010400 L400', '--bpp=8');
    const { width, height, data } = PNG.sync.read(read('a.png'));
    expect([width, height]).toEqual([16, 64]);
    expect([...data.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
    expect(data[4 * 4]).toBe(1);
  });

  test('that is partly in the dump is drawn with the rest hatched', async () => {
    const { stderr } = await render('a.core', 'a.bmp', '--width', '16', '--range', '7ff600013c00 L800');
    expect(stderr).toMatch(/1 KB of the range are not in the dump/);
    expect(pixelsOf('a.bmp').slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, index) => 3840 + index));
  });
});

describe('a heap', () => {
  const facts = factsOf('2.36 on x64');
  const { heap, threads } = placesOf(facts);
  const first = 0x1f0000;
  const second = 0x4000000;
  let image: MemoryImage;
  /** The bytes of these ranges as the picture must show them, up to where the last row ends. */
  const bytesAt = (...ranges: (readonly [number, number])[]) =>
    Buffer.concat(
      ranges.map(([start, end]) => {
        const { start: base, bytes } = image
          .regions()
          .find((one) => one.start <= start && start < one.start + one.bytes.length)!;
        return bytes.subarray(start - base, end - base);
      }),
    );
  const drawn = () => Buffer.from(Uint32Array.from(pixelsOf('a.bmp')).buffer);
  const isDrawn = (...ranges: (readonly [number, number])[]) => {
    const expected = bytesAt(...ranges).map((byte, at) => (at % 4 === 3 ? 0 : byte));
    return drawn().subarray(0, expected.length).equals(expected) && drawn().length - expected.length < 64 * 4;
  };
  const draw = (name: string) => render('heaps.core', 'a.bmp', '--width', '64', '--heap', name);

  describe('of glibc', () => {
    const spans = new Map<string, readonly [number, number][]>();

    beforeEach(() => {
      image = createMemoryImage();
      const chunks = someOfEach(facts);
      writeGlibcHeaps(image, facts, { main: [withCache(facts, chunks), chunks], threads: [[chunks]] });
      for (const { name, ranges } of glibcMalloc.findHeaps(glibcMemory(image, facts))) {
        spans.set(
          name,
          ranges.map(({ start, end }) => [start, end]),
        );
      }
      const segments = image.regions().map(({ start, bytes }) => ({ address: start, bytes }));
      writeFileSync(join(folder, 'heaps.core'), writeElfCore({ segments }));
    });

    test.each([
      ['main arena', 'main arena'],
      ['glibc-malloc Main Arena', 'main arena'],
      ['glibc malloc main arena', 'main arena'],
      ['1', 'main arena'],
      [(heap + 0x40).toString(16), 'main arena'],
      ['thread arena 1', 'thread arena 1'],
      [`0x${threads.toString(16)}`, 'thread arena 1'],
    ])('%s', async (name, expected) => {
      const { code, stderr } = await draw(name);
      expect(code).toBe(0);
      expect(stderr).toContain(`the heap is glibc-malloc ${expected} at `);
      expect(isDrawn(...spans.get(expected)!)).toBe(true);
    });

    test('in pieces, one after the other', async () => {
      const { stderr } = await draw('main arena');
      expect(stderr).toMatch(/glibc-malloc main arena at 0x[0-9a-f]+, 2 pieces, one after the other/);
      expect(spans.get('main arena')).toHaveLength(2);
      expect(isDrawn(...spans.get('main arena')!)).toBe(true);
    });

    test.each(['thread arena 9', '3', '0', 'ffff'])('that is not there, %s, with those that are', async (name) => {
      const { code, stderr } = await draw(name);
      expect(code).toBe(exitCodes.badInput);
      expect(stderr).toMatch(
        /--heap: no heap of this dump is called '.+'; found: glibc-malloc main arena at 0x[0-9a-f]+, glibc-malloc thread arena 1 at 0x[0-9a-f]+\./,
      );
    });
  });

  test('of Windows, by its number; what is only reserved is not drawn', async () => {
    image = createMemoryImage();
    const encoding = [0x96fdb86a, 0xe1c2] as const;
    const busy = (request: number) => ({ kind: 'busy', request }) as const;
    const items = [busy(600), busy(9000)];
    const segments = [
      { address: first, items },
      { address: second, items: [...items, { kind: 'uncommitted', pages: 20 } as const] },
    ];
    writeNtHeap(image, { variant: 'vista-x64', encoding, segments, records: 0x7000000 });
    const ranges = image.regions().map(({ start, bytes }) => ({ address: start, bytes }));
    writeFileSync(join(folder, 'heaps.core'), writeMinidump({ ranges }));
    const { code, stderr } = await draw('3');
    expect(stderr).toContain('the heap is nt-heap heap 3 at 0x00000000001f0000, 2 pieces');
    expect(code).toBe(0);
    const held = (at: number) => image.regions().find(({ start }) => start === at)!.bytes.length;
    expect(isDrawn([first, first + held(first)], [second, second + held(second)])).toBe(true);
  });

  test('is a region called so where no heap was walked', async () => {
    const at = (start: number, name: string) =>
      `${start.toString(16)}-${(start + memory.length).toString(16)} rw-p 00000000 00:00 0 ${name}\n`;
    const linuxMaps = at(base, '[heap]');
    writeFileSync(
      join(folder, 'heaps.core'),
      writeMinidump({ platform: 0x8201, linuxMaps, ranges: [{ address: base, bytes: memory }] }),
    );
    expect((await draw('gone')).stderr).toMatch(/found: \[heap\] at 0x00007ff600010000\./);
    await draw('[heap]');
    expect(pixelsOf('a.bmp')).toEqual(Array.from({ length: 4096 }, (_, index) => index));
  });
});

describe('a range by name', () => {
  const path = '/usr/lib/libdemo.so.1.2';
  const pageOf = (fill: number) => new Uint8Array(4096).fill(fill);

  beforeEach(() => {
    writeFileSync(
      join(folder, 'named.core'),
      writeElfCore({
        segments: [
          { address: base, bytes: pageOf(1) },
          { address: base + 0x1000, bytes: pageOf(2) },
          { address: base + 0x8000, bytes: pageOf(3) },
        ],
        files: [
          { start: base, end: base + 0x1000, path },
          { start: base + 0x1000, end: base + 0x2000, fileOffset: 0x1000, path },
          { start: base + 0x8000, end: base + 0x9000, path: '/dev/shm/frame' },
        ],
      }),
    );
  });

  test.each(['libdemo', 'LIBDEMO.so.1.2', path])('%s, all its regions', async (name) => {
    const { code } = await render('named.core', 'a.bmp', '--width', '64', '--module', name);
    expect(code).toBe(0);
    expect(pixelsOf('a.bmp').map((pixel) => pixel & 0xff)).toEqual(
      [...pageOf(1), ...pageOf(2)].filter((_, at) => at % 4 === 0),
    );
  });

  test('a region that is no module', async () => {
    await render('named.core', 'a.bmp', '--width', '64', '--module', 'frame');
    expect(new Set(pixelsOf('a.bmp'))).toEqual(new Set([0x00030303]));
  });
});

test('--dump2picture writes header and file', async () => {
  await render('a.core', 'a.bmp', '--dump2picture', '--bpp', '8');
  expect(read('a.bmp').subarray(1078).equals(read('a.core'))).toBe(true);
});

describe('refuses', () => {
  test.each([
    [['raw.bin', 'a.gif'], /ends in \.bmp or \.png/],
    [['raw.bin', 'raw.bin'], /\.bmp or \.png/],
    [['raw.bin', 'a.bmp', '--bpp', '12'], /--bpp: expected 8, 16, 24 or 32, found '12'/],
    [['raw.bin', 'a.bmp', '--width', '0'], /--width: expected 1 to/],
    [['raw.bin', 'a.bmp', '--range', 'heap'], /--range: expected a range such as/],
    [['raw.bin', 'a.bmp', '--range', '20000 L10'], /holds no byte of this memory/],
    [['a.core', 'a.bmp', '--module', 'kernel32'], /no module or region of this dump is called 'kernel32'/],
    [['a.core', 'a.bmp', '--heap', '1'], /no heap of this dump is called '1'; found: no heap of a known allocator/],
    [['a.core', 'a.bmp', '--heap', '1', '--module', 'a'], /--module and --heap each say what to draw/],
    [['a.core', 'a.bmp', '--heap', '1', '--dump2picture'], /always draws the whole file/],
    [['raw.bin', 'a.png', '--dump2picture'], /always draws the whole file/],
    [['raw.bin', 'no/such/folder/a.bmp'], /cannot be written/],
    [['gone.bin', 'a.bmp'], /gone\.bin/],
    [['raw.bin'], /a dump and a picture are needed/],
  ])('%j', async (args, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await render(...args);
    expect([code, stdout]).toEqual([exitCodes.badInput, '']);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, 'a.bmp'))).toBe(false);
  });
});
