import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { base, findIn, noise, planted } from './find-in.ts';
import { bitmap, photo, screenshot, seeded, type TestPicture } from './synth-images.ts';

/** The bytes of a heap around it: lengths, pointers, zero. */
function inHeap(pixels: Uint8Array, offset: number): Buffer {
  const bytes = Buffer.alloc(offset + pixels.length + 8192);
  const random = seeded(4);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    bytes.writeBigUInt64LE(
      random() < 0.4 ? 0x7f12_0000_0000n + BigInt(Math.floor(random() * 2 ** 30)) : BigInt(Math.floor(random() * 400)),
      at,
    );
  }
  bytes.set(pixels, offset);
  return bytes;
}

/** Red, green, blue of the file that is written, without opacity. */
function rgbOf(file: Buffer): number[] {
  const { data } = PNG.sync.read(file);
  return [...data].filter((_, index) => index % 4 !== 3);
}

function truth({ width, height, pixel }: TestPicture, change = (colour: readonly number[]) => colour): number[] {
  return Array.from({ length: width * height }, (_, index) =>
    change(pixel(index % width, Math.floor(index / width))),
  ).flat() as number[];
}

const big = photo(200, 150);
const odd = photo(161, 121, 3);
const screen = screenshot(320, 240);
const block = (offset: number, size: number) => [{ start: base + offset, end: base + offset + size }];

describe('a bitmap in a block of the heap is found with its size, exact to the pixel', () => {
  test.each([
    ['rgb', big, 600, 'rgb'],
    ['rgb', odd, 484, 'rgb'],
    ['bgr', odd, 484, 'bgr'],
    ['bgrx', big, 800, 'bgr'],
    ['bgrx', screen, 1280, 'bgr'],
    ['bgrx', odd, 704, 'bgr'],
    ['rgba', big, 800, 'rgb'],
    ['rgb', screen, 960, 'rgb'],
  ] as const)('%s, rows of %#', async (layout, picture, stride, order) => {
    const pixels = bitmap(picture, layout, stride);
    const { images, fileOf } = await findIn(inHeap(pixels, 4112), { blocks: block(4112, pixels.length), order });
    const { width, height } = picture;
    expect(images).toMatchObject([
      { kind: 'raw', address: base + 4112, width, height, raw: { stride, startBy: 'block' } },
    ]);
    expect(rgbOf(fileOf(images[0]!))).toEqual(truth(picture));
  });

  test('gray', async () => {
    const pixels = bitmap(big, 'gray', 200);
    const { images, fileOf } = await findIn(inHeap(pixels, 4112), { blocks: block(4112, pixels.length) });
    expect(images).toMatchObject([{ width: 200, height: 150, raw: { channels: 'gray' } }]);
    expect(rgbOf(fileOf(images[0]!))).toEqual(truth(big, ([, green]) => [green!, green!, green!]));
  });

  test.each(['565', '555'] as const)('16 bits, %s', async (layout) => {
    const pixels = bitmap(big, layout, 400);
    const { images, fileOf } = await findIn(inHeap(pixels, 4112), { blocks: block(4112, pixels.length) });
    expect(images).toMatchObject([{ width: 200, height: 150, raw: { channels: layout } }]);
    const green = layout === '565' ? 63 : 31;
    const shown = (value: number, most: number) => Math.round((Math.floor((value * (most + 1)) / 256) * 255) / most);
    const wanted = truth(big, ([r, g, b]) => [shown(r!, 31), shown(g!, green), shown(b!, 31)]);
    expect(rgbOf(fileOf(images[0]!))).toEqual(wanted);
  });

  test('opacity that differs from pixel to pixel is kept', async () => {
    const pixels = bitmap(big, 'rgba', 800);
    const { images, fileOf } = await findIn(inHeap(pixels, 4112), { blocks: block(4112, pixels.length), order: 'rgb' });
    expect(images).toMatchObject([{ raw: { channels: 'colour-alpha' } }]);
    expect(PNG.sync.read(fileOf(images[0]!)).data.equals(Buffer.from(pixels))).toBe(true);
  });
});

describe('without a block, the edges tell where rows begin', () => {
  test.each([
    ['rgb', big, 600],
    ['bgrx', big, 800],
    ['gray', big, 200],
  ] as const)('%s', async (layout, picture, stride) => {
    const pixels = bitmap(picture, layout, stride);
    const { images } = await findIn(planted(pixels.length + 100_000, { 50000: pixels }));
    const [image] = images;
    expect(images).toHaveLength(1);
    expect(image).toMatchObject({ width: picture.width, raw: { stride, startBy: 'edges' } });
    // To the row: the first and the last may be lost in noise.
    expect(Math.abs(image!.address - base - 50_000)).toBeLessThanOrEqual(2 * stride);
    expect(Math.abs(image!.address - base - 50_000) % stride).toBe(0);
    expect(Math.abs(image!.height - picture.height)).toBeLessThanOrEqual(4);
  });
});

test('two bitmaps one after the other are two', async () => {
  const first = bitmap(big, 'bgrx', 800);
  const second = bitmap(screen, 'bgrx', 1280);
  const bytes = planted(first.length + second.length + 60_000, { 4112: first, [4112 + first.length + 64]: second });
  const blocks = [...block(4112, first.length), ...block(4112 + first.length + 64, second.length)];
  const { images } = await findIn(bytes, { blocks });
  expect(images).toMatchObject([
    { width: 200, height: 150 },
    { width: 320, height: 240 },
  ]);
});

describe('what is no picture', () => {
  test.each([
    ['noise', noise(1 << 18)],
    ['zero', Buffer.alloc(1 << 18)],
    ['one value', Buffer.alloc(1 << 18, 0xcc)],
    ['text', Buffer.from('It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(3000))],
    ['numbers that count', Buffer.from(Uint32Array.from({ length: 1 << 16 }, (_, index) => index).buffer)],
    ['records of one stride', records(272)],
    ['small records of one stride', records(96)],
    ['sound', sound()],
    [
      'fractions',
      Buffer.from(Float32Array.from({ length: 1 << 16 }, (_, index) => Math.sin(index / 50) * index).buffer),
    ],
  ])('%s', async (_, bytes) => {
    expect((await findIn(bytes)).images).toEqual([]);
  });
});

/** A pointer, a counter, a name and a sum each. */
function records(stride: number): Buffer {
  const bytes = Buffer.alloc(1 << 18);
  const random = seeded(6);
  for (let at = 0; at + stride <= bytes.length; at += stride) {
    bytes.writeBigUInt64LE(0x7ffff7a3c018n, at);
    bytes.writeUInt32LE(at / stride, at + 8);
    bytes.write(`name ${Math.floor(random() * 1e6)}`, at + 16, 'latin1');
    bytes.writeBigUInt64LE(0x5555_0000_0000n + BigInt(Math.floor(random() * 2 ** 24) * 16), at + 40);
    bytes.writeDoubleLE(random() * 1000, at + 56);
  }
  return bytes;
}

/** Tones that rise, in 16 bits, two channels. */
function sound(): Buffer {
  const samples = Int16Array.from({ length: 1 << 17 }, (_, index) => {
    const at = index >> 1;
    return Math.round(
      9000 * Math.sin(at * (0.07 + at / 3e6)) + 4000 * Math.sin(at * (0.3 + at / 9e5)) + 900 * Math.sin(at * 1.7),
    );
  });
  return Buffer.from(samples.buffer);
}
