import { describe, expect, test } from 'vitest';
import { base, findIn, findInRanges, noise, planted } from './find-in.ts';
import { bmpOf, dibOf, gifOf, icoOf, jpegOf, photo, pngOf, webpOf } from './synth-images.ts';

const picture = photo(60, 44);
const png = pngOf(picture);

const files: readonly [kind: string, file: Buffer, width: number, height: number][] = [
  ['png', png, 60, 44],
  ['jpeg', jpegOf(640, 480), 640, 480],
  ['jpeg', jpegOf(800, 600, { progressive: true }), 800, 600],
  ['gif', gifOf(100, 80), 100, 80],
  ['gif', gifOf(100, 80, 5), 100, 80],
  ['webp', webpOf(320, 200), 320, 200],
  ['bmp', bmpOf(picture), 60, 44],
  ['ico', icoOf(32), 32, 32],
];

describe.each(files)('%s', (kind, file, width, height) => {
  test.each([0, 1, 2, 3, 4093])('is found at offset %i, byte for byte', async (offset) => {
    const found = await findIn(planted(100_000, { [offset]: file }));
    expect(found.images).toMatchObject([{ kind, address: base + offset, width, height, wholeness: 'complete' }]);
    expect(found.fileOf(found.images[0]!).equals(file)).toBe(true);
  });

  test('is found across ranges that are neighbours in memory but not in the file', async () => {
    const cut = Math.floor(file.length / 2);
    const { images, fileOf } = await findInRanges([
      { start: base + 0x2000, bytes: file.subarray(cut) },
      { start: base + 0x2000 - cut, bytes: file.subarray(0, cut) },
    ]);
    expect(images).toMatchObject([{ kind, address: base + 0x2000 - cut, wholeness: 'complete' }]);
    expect(fileOf(images[0]!).equals(file)).toBe(true);
  });

  test('is found across the windows in which memory is read', async () => {
    for (const back of [1, 2, 3, 7, 20]) {
      const offset = (1 << 18) - back;
      const { images } = await findIn(planted(400_000, { [offset]: file }));
      expect(images, `${back} bytes before the border`).toMatchObject([{ kind, address: base + offset }]);
    }
  });

  test('is never whole when it is cut off', async () => {
    for (const length of [4, 12, 30, file.length >> 1, file.length - 1]) {
      const { images } = await findIn(file.subarray(0, length));
      expect(images.filter((image) => image.kind === kind && image.wholeness === 'complete')).toEqual([]);
    }
  });
});

test('the end comes from the structure, not from the next signature', async () => {
  const thumbnail = jpegOf(160, 120, { seed: 77 });
  const file = jpegOf(640, 480, { thumbnail });
  const { images, fileOf } = await findIn(planted(50_000, { 100: file, [100 + file.length]: png }));
  expect(images).toMatchObject([
    { kind: 'jpeg', address: base + 100, width: 640, size: file.length },
    { kind: 'png', address: base + 100 + file.length },
  ]);
  expect(fileOf(images[0]!).equals(file)).toBe(true);
});

test('the thumbnail of a photo whose end is gone is found by itself', async () => {
  const thumbnail = jpegOf(160, 120, { seed: 77 });
  const file = jpegOf(640, 480, { thumbnail });
  const { images } = await findIn(file.subarray(0, file.length - 200));
  expect(images).toMatchObject([
    { kind: 'jpeg', width: 640, wholeness: 'partial' },
    { kind: 'jpeg', width: 160, wholeness: 'complete' },
  ]);
});

test('a PNG with a wrong checksum is damaged, one without its end partial', async () => {
  const damaged = Buffer.from(png);
  damaged[png.length - 30]! ^= 0x40;
  const header = png.subarray(0, 33);
  const plain = pngOf(photo(60, 44, 9));
  // The first chunk of pixels is whole in both.
  const twoChunks = Buffer.concat([header, png.subarray(33, -12), damaged.subarray(33)]);
  expect((await findIn(twoChunks)).images).toMatchObject([{ wholeness: 'damaged' }]);
  expect((await findIn(plain.subarray(0, -6))).images).toMatchObject([
    { wholeness: 'partial', size: plain.length - 12 },
  ]);
});

test('the same bytes are one picture, with its copies', async () => {
  const { images } = await findIn(planted(90_000, { 1001: png, 30000: png, 60003: png }));
  expect(images).toMatchObject([{ address: base + 1001, copies: [base + 30_000, base + 60_003], copyCount: 2 }]);
});

describe('bitmaps without the file header', () => {
  test.each([40, 108, 124])('a header of %i bytes becomes a BMP file', async (headerBytes) => {
    const dib = dibOf(picture, { headerBytes });
    const { images, fileOf } = await findIn(planted(40_000, { 333: dib }));
    expect(images).toMatchObject([{ kind: 'dib', address: base + 333, width: 60, height: 44 }]);
    const file = fileOf(images[0]!);
    expect(file.subarray(0, 2).toString()).toBe('BM');
    expect(file.readUInt32LE(2)).toBe(file.length);
    expect(file.readUInt32LE(10)).toBe(14 + headerBytes);
    expect(file.subarray(14).equals(dib)).toBe(true);
  });

  test('an icon in resources is shown without its mask', async () => {
    const icon = icoOf(48).subarray(22);
    const { images, fileOf } = await findIn(planted(40_000, { 512: icon }));
    expect(images).toMatchObject([{ kind: 'dib', width: 48, height: 48, size: icon.length }]);
    expect(fileOf(images[0]!).readInt32LE(22)).toBe(48);
  });
});

test('small images can be left out', async () => {
  const { images } = await findIn(planted(90_000, { 100: png, 50000: jpegOf(300, 200) }), { leastSide: 50 });
  expect(images).toMatchObject([{ kind: 'jpeg' }]);
});

test('noise, zero and text hold nothing', async () => {
  const text = Buffer.from('BM RIFF GIF89a the quick brown fox jumps over the lazy dog. '.repeat(3000));
  for (const bytes of [noise(1 << 20), Buffer.alloc(1 << 20), text]) {
    expect((await findIn(bytes)).images).toEqual([]);
  }
});
