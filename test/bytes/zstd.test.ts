import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DamagedDataError } from '../../src/bytes/packed-input.ts';
import { unpackZstdByNode, unpackZstdByWasm } from '../../src/bytes/unpack-zstd.ts';
import { zstdFrames } from '../../src/bytes/zstd-frames.ts';
import { fixtureContent } from './fixtures/content.ts';

const packed = readFileSync(new URL('fixtures/content.zst', import.meta.url));
const skippable = Buffer.from('502a4d180400000001020304', 'hex');

function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Digest of what came out, and what was said at the end. */
async function outcome(unpack: typeof unpackZstdByWasm, bytes: Uint8Array): Promise<[string, string]> {
  const digest = createHash('sha1');
  try {
    for await (const chunk of unpack(inPieces(bytes, 1000))) digest.update(chunk);
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedDataError);
    return [digest.digest('hex'), (error as Error).message];
  }
  return [digest.digest('hex'), ''];
}

describe('frames', () => {
  test.each([1, 7, 1 << 20])('are told apart, in pieces of %i bytes, and skippable ones left out', (size) => {
    const all = Buffer.concat([packed, skippable, packed]);
    let count = 0;
    for (const frame of zstdFrames(inPieces(all, size))) {
      expect(Buffer.concat([...frame]).equals(packed)).toBe(true);
      count++;
    }
    expect(count).toBe(2);
  });

  test('that are cut off give whole blocks, and an error', () => {
    for (let size = 1; size < packed.length; size += 97) {
      const read: Uint8Array[] = [];
      const readAll = () => {
        for (const frame of zstdFrames(inPieces(packed.subarray(0, size), 50)))
          for (const part of frame) read.push(part);
      };
      expect(readAll).toThrow('it ends too early');
      expect(packed.subarray(0, Buffer.concat(read).length).equals(Buffer.concat(read))).toBe(true);
    }
  });

  test('of anything else are damage', () => {
    expect(() => [...zstdFrames([Buffer.from('no frame')])]).toThrow(DamagedDataError);
  });
});

// Node.js has it since 22.15.
describe.skipIf(!('createZstdDecompress' in zlib))('node:zlib and WebAssembly', () => {
  test('unpack several frames to the same bytes', async () => {
    const all = Buffer.concat([packed, skippable, packed]);
    const content = fixtureContent();
    const expected = [createHash('sha1').update(content).update(content).digest('hex'), ''];
    expect(await outcome(unpackZstdByNode, all)).toEqual(expected);
    expect(await outcome(unpackZstdByWasm, all)).toEqual(expected);
  });

  test('say the same of what is cut off, and unpack as much', async () => {
    for (let size = 20; size < packed.length; size += Math.ceil(packed.length / 25)) {
      const cut = packed.subarray(0, size);
      expect(await outcome(unpackZstdByNode, cut), `${size} bytes`).toEqual(await outcome(unpackZstdByWasm, cut));
    }
  });

  test('say the same of what is damaged', async () => {
    for (let at = 4; at < packed.length; at += Math.ceil(packed.length / 60)) {
      const damaged = Buffer.from(packed);
      damaged.fill(damaged[at]! ^ 0xff, at, at + 3);
      const [byNode, byWasm] = [await outcome(unpackZstdByNode, damaged), await outcome(unpackZstdByWasm, damaged)];
      expect(byNode[1] === '', `at ${at}: ${byNode[1]}, ${byWasm[1]}`).toBe(byWasm[1] === '');
    }
  });
});
