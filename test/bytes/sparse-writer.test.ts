import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createSparseWriter } from '../../src/bytes/sparse-writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

function writeChunks(chunks: readonly Uint8Array[]) {
  const path = join(directory, 'file');
  const descriptor = openSync(path, 'w+');
  const writer = createSparseWriter(descriptor);
  for (const chunk of chunks) writer.write(chunk);
  writer.finish();
  closeSync(descriptor);
  return { content: readFileSync(path), written: writer.writtenBytes() };
}

test('any chunks give the same file as writing them whole', () => {
  const chunk = fc
    .tuple(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(0, 7), fc.integer({ min: 0, max: 20_000 }))
    .map(([size, value, mark]) => {
      const bytes = new Uint8Array(size).fill(value);
      if (mark < size) bytes[mark] = 1;
      return bytes;
    });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) => {
      expect(Buffer.compare(writeChunks(chunks).content, Buffer.concat(chunks))).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('zeros are not written', () => {
  const { content, written } = writeChunks([new Uint8Array(1 << 20), Uint8Array.of(1), new Uint8Array(1 << 20)]);
  expect(content.length).toBe((2 << 20) + 1);
  expect(written).toBeLessThanOrEqual(4096);
});
