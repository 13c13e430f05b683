import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageFormats } from '../../src/images/formats/index.ts';
import { findIn, planted } from './find-in.ts';
import { bmpOf, dibOf, gifOf, icoOf, jpegOf, photo, pngOf, webpOf } from './synth-images.ts';

const picture = photo(40, 30);
const examples = [
  pngOf(picture),
  jpegOf(64, 48),
  gifOf(64, 48),
  webpOf(64, 48),
  bmpOf(picture),
  dibOf(picture),
  icoOf(16),
];

function pngChunk(type: string, data: Uint8Array, length = data.length): Buffer {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function ihdr(width: number, height: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 2, 0, 0, 0], 8);
  return pngChunk('IHDR', data);
}

test('random bytes behind any signature never throw, and no image reaches beyond what is captured', async () => {
  const signatures = imageFormats.flatMap((format) => format.signatures.map((one) => [...one]));
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(...signatures).map((one) => Uint8Array.from(one)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const bytes = Buffer.concat([...pieces, Buffer.from([0])]);
      const found = await findIn(bytes);
      for (const image of found.images) expect(image.size).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 300 },
  );
});

test('images with bytes changed never throw, and what is found can be written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...examples),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      async (example, changes) => {
        const bytes = Buffer.from(example);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const { images, fileOf } = await findIn(bytes);
        for (const image of images) expect(fileOf(image).length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});

describe('lies', () => {
  test('a PNG of two gigapixels is no picture; one with a chunk of 2 GB neither', async () => {
    const huge = Buffer.concat([
      pngStart,
      ihdr(0x7fffffff, 0x7fffffff),
      pngChunk('IDAT', Buffer.alloc(50)),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);
    const long = Buffer.concat([pngStart, ihdr(100, 100), pngChunk('IDAT', Buffer.alloc(50), 0x7fffffff)]);
    expect((await findIn(planted(10_000, { 10: huge, 5000: long }))).images).toEqual([]);
  });

  test('an endless chain of chunks ends with the captured memory', async () => {
    const chain = Buffer.concat([
      pngStart,
      ihdr(100, 100),
      pngChunk('IDAT', Buffer.alloc(50)),
      ...new Array<Buffer>(20_000).fill(pngChunk('teXt', Buffer.alloc(0))),
    ]);
    expect((await findIn(chain)).images).toMatchObject([{ wholeness: 'partial' }]);
  });

  test('a size in a BMP, a RIFF or an icon that the dump cannot hold', async () => {
    for (const [example, at] of [
      [bmpOf(picture), 18],
      [webpOf(64, 48), 4],
      [icoOf(16), 14],
    ] as const) {
      const bytes = Buffer.from(example);
      bytes.writeUInt32LE(0x7fff_fff0, at);
      const { images } = await findIn(bytes);
      // The bitmaps inside are whole.
      expect(images.filter(({ kind, wholeness }) => kind !== 'dib' && wholeness === 'complete')).toEqual([]);
    }
  });

  test('thousands of headers that each claim all memory cost no more than a few reads of it', async () => {
    const head = Buffer.concat([pngStart, ihdr(100, 100)]);
    const bytes = Buffer.alloc(8 << 20);
    for (let at = 0; at + 64 < bytes.length; at += 64) {
      head.copy(bytes, at);
      bytes.writeUInt32BE(bytes.length - at - 60, at + head.length);
      bytes.write('IDAT', at + head.length + 4, 'latin1');
    }
    const { images, warnings } = await findIn(bytes);
    expect(images).toEqual([]);
    expect(warnings.join()).toMatch(/not all of them were followed/);
  });

  test('thousands of bitmaps that each claim all that follows are not all read', async () => {
    const bytes = Buffer.alloc(16 << 20);
    for (let at = 0; at + 64 < bytes.length; at += 64) {
      bytes.write('BM', at, 'latin1');
      bytes.writeUInt32LE(54 + 3 * 20_000 * 20_000, at + 2);
      bytes.writeUInt32LE(54, at + 10);
      bytes.writeUInt32LE(40, at + 14);
      bytes.writeInt32LE(20_000, at + 18);
      bytes.writeInt32LE(20_000, at + 22);
      bytes.writeUInt16LE(1, at + 26);
      bytes.writeUInt16LE(24, at + 28);
    }
    const { images, warnings } = await findIn(bytes);
    expect(images.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(512 << 20);
    expect(warnings.join()).toMatch(/not all of them were followed/);
  });
});
