/** Looks for secrets in everything that leakviz wrote: bytes, decoded text, decoded pixels, packed files. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { PNG } from 'pngjs';
import { decodeBmp } from '../draw/decode-bmp.ts';

/** A secret and the forms in which it might come out. */
export interface Secret {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Where a secret was found. */
export interface Finding {
  readonly secret: string;
  readonly where: string;
}

/** Base64 of the bytes at each of the three alignments, without what depends on the neighbours. */
function base64Forms(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -2));
  });
}

function formsOf({ bytes }: Secret): Buffer[] {
  const hex = bytes.toString('hex');
  const spaced = hex.match(/../g)!.join(' ');
  const wide = Buffer.from(bytes.toString('latin1'), 'utf16le');
  return [
    bytes,
    Buffer.from(bytes).reverse(),
    wide,
    Buffer.from(wide).swap16(),
    ...base64Forms(bytes),
    ...base64Forms(wide),
    ...[hex, hex.toUpperCase(), spaced, spaced.toUpperCase()].map((text) => Buffer.from(text)),
  ];
}

/**
 * What is left of a secret in pixels, by how they are read. BMP's 16 bits show 15, so every other byte comes out without
 * its first bit; of 32 bits 24 are shown, so every fourth byte is gone.
 */
function pixelFormsOf({ bytes }: Secret): { whole: Buffer[]; weakened: Buffer[]; thinned: Buffer[] } {
  const wide = Buffer.from(bytes.toString('latin1'), 'utf16le');
  const weak = (form: Buffer, phase: number) =>
    Buffer.from(form.map((byte, at) => (at % 2 === phase ? byte & 0x7f : byte)));
  const thin = (form: Buffer, phase: number) => Buffer.from(form.filter((_, at) => at % 4 !== phase));
  return {
    whole: [bytes, Buffer.from(bytes).reverse(), wide, Buffer.from(wide).swap16()],
    weakened: [bytes, wide].flatMap((form) => [0, 1].map((phase) => weak(form, phase))),
    thinned: [bytes, wide].flatMap((form) => [0, 1, 2, 3].map((phase) => thin(form, phase))),
  };
}

/** One output as all the bytes that it may be read as. */
function* readings(
  name: string,
  content: Buffer,
  decoded: Set<string>,
): Generator<readonly [where: string, bytes: Buffer]> {
  yield [name, content];
  if (name.endsWith('.zip')) {
    for (const [inner, bytes] of Object.entries(unzipSync(content))) {
      yield* readings(`${name}/${inner}`, Buffer.from(bytes), decoded);
    }
  } else if (name.endsWith('.png')) yield* pixelReadings(name, PNG.sync.read(content), decoded);
  else if (name.endsWith('.bmp')) yield* pixelReadings(name, rgbaOf(content), decoded);
  else yield* textReadings(name, content.toString('utf8'), decoded);
}

function rgbaOf(bmp: Buffer): { width: number; height: number; data: Buffer } {
  const { width, height, rgb } = decodeBmp(bmp);
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return { width, height, data: rgba };
}

/** Pixels as 8, 16, 24 and 32 bits, in each order of channels. A secret is shorter than a row. */
function* pixelReadings(
  name: string,
  image: { readonly width: number; readonly height: number; readonly data: Buffer },
  decoded: Set<string>,
) {
  const { width, height } = image;
  const key = createHash('sha1').update(image.data).digest('hex');
  if (decoded.has(key)) return;
  decoded.add(key);
  const { data } = image;
  for (const order of ['0', '1', '2', '012', '210', '0123', '2103', '3012']) {
    const channels = [...order].map(Number);
    const bytes = Buffer.alloc(width * height * channels.length);
    for (let pixel = 0, at = 0; pixel < width * height; pixel++) {
      for (const channel of channels) bytes[at++] = data[pixel * 4 + channel]!;
    }
    yield [`${name} pixels ${order}`, bytes] as const;
  }
  const packed = { 555: new Uint16Array(width * height), 565: new Uint16Array(width * height) };
  for (let pixel = 0, at = 0; pixel < width * height; pixel++, at += 4) {
    const [red, green, blue] = [data[at]! >> 3, data[at + 1]!, data[at + 2]! >> 3];
    packed[555][pixel] = (red << 10) | ((green >> 3) << 5) | blue;
    packed[565][pixel] = (red << 11) | ((green >> 2) << 5) | blue;
  }
  for (const [bits, { buffer }] of Object.entries(packed))
    yield [`${name} pixels ${bits}`, Buffer.from(buffer)] as const;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Text without markup and escapes, strings of JSON, what is packed in base64 or written in hex. */
function* textReadings(name: string, text: string, decoded: Set<string>): Generator<readonly [string, Buffer]> {
  const plain = text
    .replace(/<[^>]*>/g, '')
    .replace(/&(#39|\w+);/g, (match, entity: string) => entities[entity] ?? match);
  yield [`${name} text`, Buffer.from(plain)];
  if (name.endsWith('.json')) yield [`${name} strings`, Buffer.from(stringsOf(JSON.parse(text)).join('\n'))];
  for (const [, data] of text.matchAll(/data:image\/png;base64,([\w+/=]+)/g)) {
    yield* readings(`${name} picture.png`, Buffer.from(data!, 'base64'), decoded);
  }
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2} ?){12,}/gi)) {
    yield [`${name} hex`, Buffer.from(run.replaceAll(' ', ''), 'hex')];
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...stringsOf(item)]);
}

/** All places in which any form of a secret stands. */
export function searchOutputs(outputs: ReadonlyMap<string, Buffer>, secrets: readonly Secret[]): Finding[] {
  const wanted = secrets.map((secret) => ({
    name: secret.name,
    forms: formsOf(secret),
    pixelForms: pixelFormsOf(secret),
  }));
  const findings: Finding[] = [];
  // The same picture stands in its file, in the page and in the bundle.
  const seen = new Set<string>();
  const decoded = new Set<string>();
  for (const [file, content] of outputs) {
    for (const [where, bytes] of readings(file, content, decoded)) {
      const key = createHash('sha1').update(bytes).digest('hex');
      if (seen.has(key)) continue;
      seen.add(key);
      // Pixels are bytes or nothing: text forms of a secret stand in text.
      const [, order] = / pixels (\d+)$/.exec(where) ?? [];
      for (const { name, forms, pixelForms } of wanted) {
        const looked =
          order === undefined
            ? forms
            : order === '555'
              ? pixelForms.weakened
              : order.length === 3
                ? [...pixelForms.whole, ...pixelForms.thinned]
                : pixelForms.whole;
        if (looked.some((form) => bytes.includes(form))) findings.push({ secret: name, where });
      }
    }
  }
  return findings;
}
