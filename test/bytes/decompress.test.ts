import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type OpenedSource, openSource } from '../../src/bytes/decompress.ts';
import { LeakvizError } from '../../src/errors.ts';
import { writeZip } from '../synth/synth-zip.ts';
import { fixtureContent } from './fixtures/content.ts';

const directory = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
const tempDir = join(directory, 'temp');
mkdirSync(tempDir);
afterAll(() => rmSync(directory, { recursive: true }));

const content = fixtureContent();
const packed: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(content),
  zstd: fixture('zst'),
  xz: fixture('xz'),
  lz4: fixture('lz4'),
  bzip2: fixture('bz2'),
  zip: writeZip([{ name: 'a.core', content }]),
};

function fixture(extension: string): Buffer {
  return readFileSync(new URL(`fixtures/content.${extension}`, import.meta.url));
}

/** A name that says nothing: content decides. */
function file(bytes: Uint8Array): string {
  const path = join(directory, 'dump.txt');
  writeFileSync(path, bytes);
  return path;
}

function readAll(source: OpenedSource): Buffer {
  const bytes = Buffer.alloc(source.size);
  expect(source.read(0, bytes)).toBe(source.size);
  source.close();
  return bytes;
}

function open(bytes: Uint8Array, options = {}): Promise<OpenedSource> {
  return openSource(file(bytes), { tempDir, ...options });
}

test('a file that is not packed is read as it is', async () => {
  const source = await open(content);
  expect(source).toMatchObject({ compression: null, fileBytes: content.length, warnings: [] });
  expect(readAll(source).equals(content)).toBe(true);
});

describe.each(Object.keys(packed))('%s', (id) => {
  const bytes = packed[id]!;

  test('unpacks, and reads at any place', async () => {
    const source = await open(bytes);
    expect(source).toMatchObject({ compression: id, fileBytes: bytes.length, size: content.length, warnings: [] });
    const part = Buffer.alloc(100);
    expect(source.read(298_000, part)).toBe(100);
    expect(part.equals(content.subarray(298_000, 298_100))).toBe(true);
    expect(readAll(source).equals(content)).toBe(true);
  });

  test.skipIf(id === 'zip')('several packed parts, one after the other, are one file', async () => {
    const source = await open(Buffer.concat([bytes, bytes]));
    expect(source.warnings).toEqual([]);
    expect(readAll(source).equals(Buffer.concat([content, content]))).toBe(true);
  });

  test('what is cut off gives what is there and a warning, or an error that says so', async () => {
    for (let size = 16; size < bytes.length; size += Math.ceil(bytes.length / 25)) {
      const source = await openOrRefuse(bytes.subarray(0, size));
      if (source === undefined) continue;
      expect(source.warnings).toMatchObject([{ code: 'damaged-compression', offset: source.size }]);
      const got = readAll(source);
      expect(got.equals(content.subarray(0, got.length))).toBe(true);
    }
  });

  test('damage anywhere never hangs, and never throws anything but a LeakvizError', async () => {
    for (let at = 4; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const damaged = Buffer.from(bytes);
      damaged.fill(damaged[at]! ^ 0xff, at, at + 3);
      (await openOrRefuse(damaged))?.close();
    }
  });

  test('is refused when it unpacks to more than allowed', async () => {
    const refused = open(bytes, { mostUnpackedBytes: 200_000 });
    await expect(refused).rejects.toMatchObject({ code: 'unsupported-dump' });
  });

  test('can be interrupted, and another file opened after it', async () => {
    const refused = open(bytes, { signal: AbortSignal.abort(new Error('stop')) });
    await expect(refused).rejects.toThrow('stop');
    readAll(await open(bytes));
  });

  test('leaves no file behind', async () => {
    const source = await open(bytes);
    if (process.platform !== 'win32') expect(readdirSync(tempDir)).toEqual([]);
    source.close();
    expect(readdirSync(tempDir)).toEqual([]);
  });
});

/** Undefined when the file was refused as it should be. */
async function openOrRefuse(bytes: Uint8Array): Promise<OpenedSource | undefined> {
  try {
    return await open(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(LeakvizError);
    return undefined;
  }
}

test('progress ends with all bytes', async () => {
  const steps: unknown[] = [];
  readAll(await open(packed.zstd!, { onProgress: (step: unknown) => steps.push(step) }));
  const packedBytes = packed.zstd!.length;
  expect(steps.at(-1)).toEqual({ packedBytes, packedSize: packedBytes, unpackedBytes: content.length });
});

test('packers that leakviz only knows by sight are named', async () => {
  const cab = Buffer.concat([Buffer.from('MSCF'), Buffer.alloc(100)]);
  await expect(open(cab)).rejects.toMatchObject({ code: 'unsupported-dump', message: expect.stringContaining('cab') });
});

test('what is packed twice is refused', async () => {
  const twice = open(gzipSync(packed.bzip2!));
  await expect(twice).rejects.toMatchObject({
    code: 'unsupported-dump',
    message: expect.stringMatching(/gzip .* bzip2/),
  });
});

describe('a zip archive', () => {
  test.each([
    ['stored', { method: 0 }],
    ['stored, its size after the data', { method: 0, sizesFollow: true }],
    ['deflated, its size after the data', { sizesFollow: true }],
    ['with 64-bit fields', { isWide: true }],
    ['bzip2', { method: 12, packed: fixture('bz2') }],
    ['zstd', { method: 93, packed: fixture('zst') }],
    ['xz', { method: 95, packed: fixture('xz') }],
  ] as const)('%s', async (_, options) => {
    const source = await open(writeZip([{ name: 'a.core', content, ...options }]));
    expect(source.warnings).toEqual([]);
    expect(readAll(source).equals(content)).toBe(true);
  });

  test('with folders, what macOS adds, a comment and bytes before it is read all the same', async () => {
    const entries = [
      { name: 'dumps/', content: Buffer.alloc(0), method: 0 },
      { name: 'dumps/a.core', content },
      { name: '__MACOSX/dumps/._a.core', content: Buffer.from('x') },
    ];
    expect(readAll(await open(writeZip(entries, { comment: 'PK\x05\x06 twice' }))).equals(content)).toBe(true);
  });

  test('of several files is refused with their names, escaped', async () => {
    const entries = ['a.core', 'b\x1b[2J.core', 'c.core'].map((name) => ({ name, content: Buffer.from('x') }));
    const message = expect.stringMatching(/holds 3 files: 'a\.core', 'b\ufffd\[2J\.core', 'c\.core'/);
    await expect(open(writeZip(entries))).rejects.toMatchObject({ code: 'unsupported-dump', message });
  });

  test('of ever so many files names the first of them', async () => {
    const entries = Array.from({ length: 1200 }, (_, index) => ({ name: `${index}`, content: Buffer.from('x') }));
    const message = expect.stringMatching(/holds 1200 files: '0', .*'7', \.\.\.$/);
    await expect(open(writeZip(entries))).rejects.toMatchObject({ code: 'unsupported-dump', message });
  });

  test.each([
    ['no file', [], 'no file'],
    ['an encrypted file', [{ name: 'a', content, flags: 1 }], 'encrypted'],
    ['an unknown method', [{ name: 'a', content, method: 14 }], 'method 14'],
  ] as const)('with %s is refused', async (_, entries, message) => {
    const bytes =
      entries.length === 0 ? writeZip([{ name: 'a/', content: Buffer.alloc(0), method: 0 }]) : writeZip(entries);
    await expect(open(bytes)).rejects.toMatchObject({
      code: 'unsupported-dump',
      message: expect.stringContaining(message),
    });
  });

  test('that declares more than allowed is refused before anything is unpacked', async () => {
    const zip = writeZip([{ name: 'a', content, declaredSize: 2 ** 40, isWide: true }]);
    await expect(open(zip)).rejects.toMatchObject({ message: expect.stringContaining('unpacks to more than') });
  });

  test('whose file is shorter than declared says so', async () => {
    const source = await open(writeZip([{ name: 'a', content, declaredSize: content.length + 1 }]));
    expect(source.warnings).toMatchObject([{ code: 'damaged-compression' }]);
    source.close();
  });
});

test('bzip2 data whose checksum is wrong gives a warning', async () => {
  const damaged = Buffer.from(packed.bzip2!);
  damaged[10]! ^= 1;
  const source = await open(damaged);
  expect(source.warnings).toMatchObject([{ code: 'damaged-compression' }]);
  source.close();
});

test('a packed file with nothing in it is malformed', async () => {
  await expect(open(gzipSync(Buffer.alloc(0)))).rejects.toMatchObject({ code: 'malformed-dump' });
});

test('a directory for temporary files that is not there is named', async () => {
  const missing = join(directory, 'missing');
  const refused = open(packed.gzip!, { tempDir: missing });
  await expect(refused).rejects.toMatchObject({ code: 'unwritable-output', message: expect.stringContaining(missing) });
});

test('packed zeros take no space', async () => {
  const source = await open(gzipSync(Buffer.alloc(1 << 24)));
  expect(source.size).toBe(1 << 24);
  expect(readAll(source).every((byte) => byte === 0)).toBe(true);
});
