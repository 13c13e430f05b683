import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/bytes/byte-source.ts';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { type PixelDepth, pixelDepths } from '../../src/draw/encode/bmp-header.ts';
import { encodeWhole } from '../../src/draw/encode/image-encoder.ts';
import { png } from '../../src/draw/encode/png.ts';
import { encodeRawBmp, rgbOfRaw } from '../../src/draw/encode/raw-rows.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import { memoryStretch, wholeFile } from '../../src/render/byte-stretch.ts';
import { dump2picture } from '../../src/render/dump2picture.ts';
import { rawPicture } from '../../src/render/raw-picture.ts';
import { openImageDecoder } from '../browser/decode-images.ts';
import { hasChromium } from '../browser/open-chromium.ts';
import { randomNumbers } from '../synth/leaky-process.ts';
import { dumpOfRanges } from './dump-of-ranges.ts';

function noise(size: number): Uint8Array {
  const random = randomNumbers(size);
  return Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
}

function joined(chunks: Iterable<Uint8Array>): Buffer {
  return Buffer.concat([...chunks]);
}

/** What a pixel shows, by the format's own words: independent of how the project turns bytes into colours. */
function shown(bytes: Uint8Array, depth: PixelDepth, pixel: number): [number, number, number] {
  const at = pixel * (depth / 8);
  if (depth === 8) return [bytes[at]!, bytes[at]!, bytes[at]!];
  if (depth !== 16) return [bytes[at + 2]!, bytes[at + 1]!, bytes[at]!];
  const value = bytes[at]! + bytes[at + 1]! * 256;
  const wide = (five: number) => Math.round((five / 31) * 255);
  return [wide(Math.floor(value / 1024) % 32), wide(Math.floor(value / 32) % 32), wide(value % 32)];
}

interface Case {
  readonly depth: PixelDepth;
  readonly width: number;
  readonly height: number;
}

const shapes: [number, number][] = [
  [1, 1],
  [1, 9],
  [2, 1],
  [7, 1],
  [3, 5],
  [5, 4],
  [33, 17],
];
const cases: Case[] = pixelDepths.flatMap((depth) => shapes.map(([width, height]) => ({ depth, width, height })));

describe('a BMP of raw bytes', () => {
  it.each(cases)('has sizes that are right: $depth bits, $width x $height', ({ depth, width, height }) => {
    const bytes = noise((width * height * depth) / 8);
    const file = joined(encodeRawBmp(rawPicture(wholeFile(memorySource(bytes)), { depth, width })));
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const rowBytes = Math.ceil((width * depth) / 8 / 4) * 4;
    const pixelsAt = depth === 8 ? 1078 : 54;
    expect(file.length).toBe(pixelsAt + rowBytes * height);
    expect([view.getUint32(2, true), view.getUint32(10, true), view.getUint32(34, true)]).toEqual([
      file.length,
      pixelsAt,
      rowBytes * height,
    ]);
    expect([view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)]).toEqual([
      width,
      -height,
      depth,
    ]);
    for (let row = 0; row < height; row++) {
      const stored = file.subarray(pixelsAt + row * rowBytes, pixelsAt + row * rowBytes + (width * depth) / 8);
      const original = Buffer.from(bytes.subarray((row * width * depth) / 8, ((row + 1) * width * depth) / 8));
      if (depth === 32) for (let at = 3; at < original.length; at += 4) original[at] = 0;
      expect(stored.equals(original), `row ${row}`).toBe(true);
    }
  });

  it.each(cases)(
    'shows as PNG what it shows as BMP: $depth bits, $width x $height',
    async ({ depth, width, height }) => {
      const bytes = noise((width * height * depth) / 8);
      const picture = rawPicture(wholeFile(memorySource(bytes)), { depth, width });
      const file = Buffer.concat(await encodeWhole(png, rgbOfRaw(picture)));
      const { data } = PNG.sync.read(file);
      for (let pixel = 0; pixel < width * height; pixel++) {
        expect([...data.subarray(pixel * 4, pixel * 4 + 3)]).toEqual(shown(bytes, depth, pixel));
      }
    },
  );

  it('is about a square unless told, and fills its last row with paper, not with zero', () => {
    const picture = rawPicture(wholeFile(memorySource(new Uint8Array(1000))), { depth: 8, width: undefined });
    expect([picture.width, picture.height]).toEqual([31, 33]);
    const rows = joined(picture.rows());
    expect(rows.subarray(0, 1000).every((byte) => byte === 0)).toBe(true);
    expect(rows.subarray(1000).every((byte) => byte === 0xf7 || byte === 0xbd)).toBe(true);
  });

  it('is refused above 4 GB, with a way out', () => {
    const huge: ByteSource = { size: 5 * 2 ** 30, file: undefined, read: () => 0, close: () => undefined };
    const picture = rawPicture(wholeFile(huge), { depth: 32, width: undefined });
    expect(() => [...encodeRawBmp(picture)]).toThrowError(/at most 4 GB/);
  });

  it('never holds more than a few rows', () => {
    let largest = 0;
    const source: ByteSource = {
      size: 2 ** 30,
      file: undefined,
      read: (_, into) => {
        largest = Math.max(largest, into.length);
        return into.length;
      },
      close: () => undefined,
    };
    let chunks = 0;
    for (const chunk of encodeRawBmp(rawPicture(wholeFile(source), { depth: 24, width: undefined }))) {
      largest = Math.max(largest, chunk.length);
      if (++chunks > 20) break;
    }
    expect(largest).toBeLessThanOrEqual(1 << 20);
  });
});

describe('memory that the dump does not hold', () => {
  it('is hatched, and nothing else is', () => {
    const { dump, source } = dumpOfRanges([
      { start: 0x1000, bytes: new Uint8Array(64) },
      { start: 0x1080, bytes: new Uint8Array(64) },
    ]);
    const stretch = memoryStretch(openMemory(dump, source), [{ start: 0x1000, end: 0x10e0 }]);
    const rows = joined(rawPicture(stretch, { depth: 8, width: 16 }).rows());
    const isHatched = Array.from({ length: 14 }, (_, row) => rows.subarray(row * 16, row * 16 + 16).some(Boolean));
    expect(isHatched).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1].map(Boolean));
  });
});

describe('the bytes of Dump2Picture', () => {
  it('are header and file, for 1,234,567 bytes at 24 bits', () => {
    const bytes = noise(1_234_567);
    const file = joined(dump2picture(memorySource(bytes), 24));
    expect(file.length).toBe(54 + 1_234_567);
    const expected = Buffer.alloc(54);
    expected.write('BM');
    expected.writeUInt32LE(54, 10);
    expected.writeUInt32LE(40, 14);
    expected.writeInt32LE(640, 18);
    expected.writeInt32LE(-640, 22);
    expected.writeUInt16LE(1, 26);
    expected.writeUInt16LE(24, 28);
    expect(file.subarray(0, 54).equals(expected)).toBe(true);
    expect(file.subarray(54).equals(Buffer.from(bytes))).toBe(true);
  });

  it.each([
    [8, 1_234_567, 1104, 1110],
    [16, 1_234_567, 784, 784],
    [32, 1_234_567, 554, 554],
    [32, 3, 0, 0],
  ] as const)('have even sides, at 8 bits a multiple of 8 across: %i bits of %i', (depth, size, width, height) => {
    const file = joined(dump2picture(memorySource(new Uint8Array(size)), depth));
    expect([file.readInt32LE(18), file.readInt32LE(22)]).toEqual([width, height === 0 ? 0 : -height]);
    expect(file.readUInt32LE(10)).toBe(depth === 8 ? 1078 : 54);
    expect(file.length).toBe(file.readUInt32LE(10) + size);
  });

  it('have a palette of greys at 8 bits', () => {
    const file = joined(dump2picture(memorySource(new Uint8Array(100)), 8));
    for (let grey = 0; grey < 256; grey++) expect(file.readUInt32LE(54 + grey * 4)).toBe(grey * 0x010101);
  });
});

describe.skipIf(!hasChromium)('Chromium', () => {
  it('shows every BMP as its bytes say', async () => {
    const decoder = await openImageDecoder();
    try {
      for (const { depth, width, height } of cases) {
        const bytes = noise((width * height * depth) / 8);
        const raw = rawPicture(wholeFile(memorySource(bytes)), { depth, width });
        for (const [type, file] of [
          ['image/bmp', joined(encodeRawBmp(raw))],
          ['image/png', Buffer.concat(await encodeWhole(png, rgbOfRaw(raw)))],
        ] as const) {
          const decoded = await decoder.decode(file, type);
          expect([decoded.width, decoded.height]).toEqual([width, height]);
          for (let pixel = 0; pixel < width * height; pixel++) {
            const found = [...decoded.rgba.subarray(pixel * 4, pixel * 4 + 4)];
            expect(found, `${type}, ${depth} bits, ${width} x ${height}`).toEqual([...shown(bytes, depth, pixel), 255]);
          }
        }
      }
    } finally {
      await decoder.close();
    }
  }, 60_000);
});
