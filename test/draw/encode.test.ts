import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { bmp } from '../../src/draw/encode/bmp.ts';
import { encodeWhole, type PixelRows, rowsOf } from '../../src/draw/encode/image-encoder.ts';
import { imageEncoders } from '../../src/draw/encode/index.ts';
import { png } from '../../src/draw/encode/png.ts';
import type { PixelImage } from '../../src/draw/pixel-image.ts';
import { randomNumbers } from '../synth/leaky-process.ts';
import { decodeBmp } from './decode-bmp.ts';
import { rgbOf } from './rgb-of.ts';

function noise(width: number, height: number): PixelImage {
  const random = randomNumbers(width * 1000 + height);
  return { width, height, pixels: Int32Array.from({ length: width * height }, () => Math.floor(random() * 0x1000000)) };
}

function bytesOf(chunks: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...chunks]);
}

const sizes: [number, number][] = [
  [1, 1],
  [2, 1],
  [3, 2],
  [5, 7],
  [64, 1],
  [1, 64],
  [333, 77],
];

describe.each(sizes)('an image of %i x %i', (width, height) => {
  const image = noise(width, height);

  it('comes back from BMP as it was', () => {
    const file = bytesOf(bmp.encode(rowsOf(image)));
    const decoded = decodeBmp(file);
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(Buffer.compare(decoded.rgb, rgbOf(image))).toBe(0);
    expect(decoded.header.getUint32(2, true)).toBe(file.length);
    expect(decoded.header.getUint32(34, true)).toBe(file.length - decoded.header.getUint32(10, true));
  });

  it('comes back from PNG as it was, and the same every time', async () => {
    const file = bytesOf(await encodeWhole(png, rowsOf(image)));
    const decoded = PNG.sync.read(Buffer.from(file));
    const rgb = rgbOf(image).map((_, at) => decoded.data[Math.floor(at / 3) * 4 + (at % 3)]!);
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expect(Buffer.compare(rgb, rgbOf(image))).toBe(0);
    expect(Buffer.compare(file, bytesOf(await encodeWhole(png, rowsOf(image))))).toBe(0);
  });
});

/** Of so many colours, all of them in the first pixels. */
function flat(colours: number): PixelImage {
  const [width, height] = [67, 31];
  const pixels = Int32Array.from({ length: width * height }, (_, pixel) => {
    return Math.imul(pixel % colours, 2654435) & 0xffffff;
  });
  return { width, height, pixels };
}

describe.each([1, 2, 255, 256, 257])('an image of %i colours', (colours) => {
  const image = flat(colours);
  const isIndexed = colours <= 256;

  it('is told by a palette where a byte can tell them apart', () => {
    expect(rowsOf(image).palette?.length).toBe(isIndexed ? colours : undefined);
  });

  it('comes back from BMP as it was', () => {
    const file = bytesOf(bmp.encode(rowsOf(image)));
    const decoded = decodeBmp(file);
    expect(Buffer.compare(decoded.rgb, rgbOf(image))).toBe(0);
    expect(decoded.header.getUint16(28, true)).toBe(isIndexed ? 8 : 24);
    expect(decoded.header.getUint32(2, true)).toBe(file.length);
  });

  it('comes back from PNG as it was', async () => {
    const { data } = PNG.sync.read(Buffer.concat(await encodeWhole(png, rowsOf(image))));
    const rgb = rgbOf(image).map((_, at) => data[Math.floor(at / 3) * 4 + (at % 3)]!);
    expect(Buffer.compare(rgb, rgbOf(image))).toBe(0);
  });
});

it('an image of many pieces comes back from PNG as it was', async () => {
  const image = { width: 2048, height: 5000, pixels: new Int32Array(2048 * 5000) };
  for (let at = 0; at < image.pixels.length; at += 997) image.pixels[at] = at & 0x7070;
  const { data } = PNG.sync.read(Buffer.concat(await encodeWhole(png, rowsOf(image))));
  for (let at = 0; at < image.pixels.length; at += 997) {
    const pixel = data.subarray(at * 4, at * 4 + 3).toString('hex');
    if (Number.parseInt(pixel, 16) !== image.pixels[at]) throw new Error(`differs at ${at}`);
  }
});

describe('images whose room is used again', () => {
  const images = [flat(256), flat(257), noise(333, 77), flat(2), noise(5, 7), flat(255)];

  it('show nothing of those before, nor of those that are encoded meanwhile', async () => {
    const encoded = images.map(async (image) => {
      const rows = rowsOf(image);
      const files = { bmp: bytesOf(bmp.encode(rows)), png: bytesOf(await encodeWhole(png, rows)) };
      rows.release();
      return files;
    });
    // Each once more, in the room that the others have left.
    for (const [index, image] of images.entries()) {
      const rows = rowsOf(image);
      const first = await encoded[index]!;
      expect(Buffer.compare(first.bmp, bytesOf(bmp.encode(rows)))).toBe(0);
      expect(Buffer.compare(first.png, bytesOf(await encodeWhole(png, rows)))).toBe(0);
      const decoded = PNG.sync.read(Buffer.from(first.png));
      const rgb = rgbOf(image).map((_, at) => decoded.data[Math.floor(at / 3) * 4 + (at % 3)]!);
      expect(Buffer.compare(rgb, rgbOf(image))).toBe(0);
      rows.release();
    }
  });
});

describe('bmp', () => {
  it('streams: never holds more than a few rows of a picture that does not fit into memory', () => {
    const [width, height] = [20_000, 50_000];
    let made = 0;
    const rows = function* () {
      for (let row = 0; row < height; row++, made++) yield new Uint8Array(width * 3);
    };
    let written = 0;
    for (const chunk of bmp.encode({ width, height, rows })) {
      written += chunk.length;
      expect(chunk.length).toBeLessThan(2 << 20);
      if (made > 40) break;
    }
    expect(written).toBeGreaterThan(40 * width * 3);
    expect(written).toBeLessThan(50 * width * 3);
  });

  it('refuses more than its sizes can say, with a way out', () => {
    const huge: PixelRows = { width: 60_000, height: 60_000, rows: () => [] };
    expect(() => [...bmp.encode(huge)]).toThrowError(/4 GB/);
  });
});

describe('the registry', () => {
  it('names each format once', () => {
    expect(imageEncoders.map((encoder) => encoder.id)).toEqual(['bmp', 'png']);
  });

  it('gets rows in whole, in chunks of handy size', () => {
    const image = noise(1000, 1500);
    const chunks = [...rowsOf(image).rows()];
    expect(chunks.every((chunk) => chunk.length % 3000 === 0 && chunk.length <= 1 << 20)).toBe(true);
    expect(Buffer.compare(bytesOf(chunks), rgbOf(image))).toBe(0);
  });
});
