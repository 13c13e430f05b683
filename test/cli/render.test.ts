import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
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
    [['raw.bin', 'a.bmp', '--range', '20000 L10'], /holds no byte of this range/],
    [['a.core', 'a.bmp', '--module', 'kernel32'], /no module or region of this dump is called 'kernel32'/],
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
