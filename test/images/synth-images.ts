// Image files written by their published layouts, and bitmaps; independent of the finders.
import { PNG } from 'pngjs';

/** The same numbers for the same seed, 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Pixels as red, green, blue, opacity. */
export interface TestPicture {
  readonly width: number;
  readonly height: number;
  pixel(x: number, y: number): readonly [red: number, green: number, blue: number];
}

/** Like a photograph: soft shapes of many sizes, with noise. */
export function photo(width: number, height: number, seed = 1): TestPicture {
  const random = seeded(seed);
  const waves = Array.from({ length: 9 }, () => ({
    x: (random() - 0.5) * 0.12,
    y: (random() - 0.5) * 0.12,
    at: random() * 7,
    colour: [random(), random(), random()],
  }));
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const x = index % width;
    const y = Math.floor(index / width);
    const heights = waves.map((wave) => Math.sin(x * wave.x + y * wave.y + wave.at) * 28);
    const channel = (one: number) => {
      const sum = waves.reduce((all, wave, at) => all + heights[at]! * wave.colour[one]!, 128);
      return Math.max(0, Math.min(255, Math.round(sum + (random() - 0.5) * 12)));
    };
    return [channel(0), channel(1), channel(2)] as const;
  });
  return { width, height, pixel: (x, y) => pixels[y * width + x]! };
}

/** Like a screenshot: plain ground, boxes, and marks as dense as text. */
export function screenshot(width: number, height: number, seed = 2): TestPicture {
  const random = seeded(seed);
  const marks = new Uint8Array(width * height);
  for (let line = 14; line + 10 < height; line += 15) {
    for (let x = 8; x + 8 < width * 0.8; x += 7) {
      const stem = Math.floor(random() * 4);
      const bar = Math.floor(random() * 9);
      for (let y = 0; y < 9; y++) marks[(line + y) * width + x + stem] = 1;
      for (let dx = 0; dx < 5; dx++) marks[(line + bar) * width + x + dx] = 1;
    }
  }
  return {
    width,
    height,
    pixel(x, y) {
      if (y < 10) return [52, 101, 164];
      if (x > width - 12) return [208, 208, 212];
      return marks[y * width + x] ? [16, 16, 20] : [242, 242, 240];
    },
  };
}

/** Bytes of the pixels in a layout, rows `stride` bytes apart. */
export function bitmap(
  { width, height, pixel }: TestPicture,
  layout: 'gray' | '565' | '555' | 'rgb' | 'bgr' | 'bgrx' | 'rgba',
  stride: number,
): Uint8Array {
  const size = { gray: 1, '565': 2, '555': 2, rgb: 3, bgr: 3, bgrx: 4, rgba: 4 }[layout];
  const bytes = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = pixel(x, y);
      const at = y * stride + x * size;
      if (layout === 'gray') bytes[at] = green;
      else if (size === 2) {
        const value =
          layout === '565'
            ? ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3)
            : ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
        bytes.set([value & 255, value >> 8], at);
      } else if (layout.startsWith('bgr')) bytes.set([blue, green, red], at);
      else bytes.set([red, green, blue], at);
      if (layout === 'bgrx') bytes[at + 3] = 255;
      if (layout === 'rgba') bytes[at + 3] = 40 + Math.round((x * 200) / width);
    }
  }
  return bytes;
}

export function pngOf({ width, height, pixel }: TestPicture): Buffer {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) png.data.set([...pixel(x, y), 255], (y * width + x) * 4);
  }
  return PNG.sync.write(png);
}

const bytesOf = (...parts: readonly (string | readonly number[] | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const le16 = (value: number) => [value & 255, value >>> 8];
const le32 = (value: number) => [...le16(value & 0xffff), ...le16(value >>> 16)];
const be16 = (value: number) => [value >>> 8, value & 255];

/** Entropy-coded bytes: any, but that FF is stuffed. */
function coded(count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => Math.floor(random() * 256)).flatMap((byte) =>
    byte === 255 ? [255, 0] : [byte],
  );
}

export interface JpegOptions {
  readonly thumbnail?: Uint8Array;
  readonly progressive?: boolean;
  readonly seed?: number;
}

/** The structure of a JPEG; what it codes is noise. */
export function jpegOf(width: number, height: number, options: JpegOptions = {}): Buffer {
  const segment = (marker: number, body: Uint8Array | readonly number[]) => [
    0xff,
    marker,
    ...be16(body.length + 2),
    ...body,
  ];
  const frame = [8, ...be16(height), ...be16(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
  const seed = options.seed ?? 5;
  const scan = (index: number) => [
    ...segment(0xda, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]),
    ...coded(900, seed + index),
    0xff,
    0xd0,
    ...coded(300, seed + 50 + index),
  ];
  return bytesOf(
    [0xff, 0xd8],
    options.thumbnail
      ? segment(0xe1, bytesOf('Exif\0\0', options.thumbnail))
      : segment(0xe0, bytesOf('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0])),
    segment(0xdb, [0, ...Array.from({ length: 64 }, (_, index) => index + 1)]),
    segment(options.progressive ? 0xc2 : 0xc0, frame),
    segment(0xc4, [0, ...new Array<number>(16).fill(0)]),
    ...(options.progressive ? [scan(0), segment(0xc4, [1, ...new Array<number>(16).fill(0)]), scan(9)] : [scan(0)]),
    [0xff, 0xd9],
  );
}

/** Frames of noise; a comment between them that looks like the end. */
export function gifOf(width: number, height: number, frames = 1): Buffer {
  const frame = [
    0x2c,
    0,
    0,
    0,
    0,
    ...le16(width),
    ...le16(height),
    0,
    4,
    200,
    ...coded(400, 3).slice(0, 200),
    5,
    1,
    2,
    3,
    4,
    5,
    0,
  ];
  return bytesOf(
    'GIF89a',
    [...le16(width), ...le16(height), 0x91, 0, 0],
    new Uint8Array(12),
    [0x21, 0xfe, 3, 0x3b, 0x3b, 0x3b, 0],
    ...Array.from({ length: frames }, () => frame),
    [0x3b],
  );
}

export function webpOf(width: number, height: number): Buffer {
  const size = (width - 1) | ((height - 1) << 14);
  const body = bytesOf([0x2f, ...le32(size >>> 0)], coded(501, 8).slice(0, 501));
  const chunk = bytesOf('VP8L', le32(body.length), body, body.length % 2 ? [0] : []);
  return bytesOf('RIFF', le32(chunk.length + 4), 'WEBP', chunk);
}

/** Header and pixels of a device-independent bitmap; V5's where it is asked for. */
export function dibOf(
  picture: TestPicture,
  options: { readonly headerBytes?: number; readonly heightFactor?: number } = {},
): Buffer {
  const headerBytes = options.headerBytes ?? 40;
  const stride = Math.ceil((picture.width * 3) / 4) * 4;
  const pixels = bitmap(picture, 'bgr', stride);
  const header = bytesOf(
    le32(headerBytes),
    le32(picture.width),
    le32(picture.height * (options.heightFactor ?? 1)),
    le16(1),
    le16(24),
    le32(0),
    le32(pixels.length),
    le32(2835),
    le32(2835),
    le32(0),
    le32(0),
    new Uint8Array(headerBytes - 40),
  );
  return bytesOf(header, pixels);
}

export function bmpOf(picture: TestPicture): Buffer {
  const dib = dibOf(picture);
  return bytesOf('BM', le32(14 + dib.length), le32(0), le32(14 + 40), dib);
}

export function icoOf(side: number): Buffer {
  const mask = new Uint8Array(Math.ceil(side / 32) * 4 * side);
  const image = bytesOf(dibOf(photo(side, side), { heightFactor: 2 }), mask);
  return bytesOf([0, 0, 1, 0, 1, 0], [side, side, 0, 0, 1, 0, 24, 0], le32(image.length), le32(22), image);
}
