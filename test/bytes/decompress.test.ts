import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type OpenedSource, openSource } from '../../src/bytes/decompress.ts';
import { LeakvizError } from '../../src/errors.ts';
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

  test('several packed parts, one after the other, are one file', async () => {
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
  const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(100)]);
  await expect(open(zip)).rejects.toMatchObject({ code: 'unsupported-dump', message: expect.stringContaining('zip') });
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
