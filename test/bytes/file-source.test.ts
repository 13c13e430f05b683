import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openFileSource } from '../../src/bytes/file-source.ts';
import { LeakvizError } from '../../src/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function errorOf(path: string): LeakvizError {
  try {
    openFileSource(path).close();
  } catch (error) {
    if (error instanceof LeakvizError) return error;
  }
  throw new Error('no LeakvizError was thrown');
}

test('reads any part, and less at the end', () => {
  const source = openFileSource(file('a', 'hello, world'));
  const into = new Uint8Array(8);
  expect(source.size).toBe(12);
  expect(source.read(7, into)).toBe(5);
  expect(Buffer.from(into.subarray(0, 5)).toString()).toBe('world');
  expect(source.read(12, into)).toBe(0);
  expect(source.read(1e12, into)).toBe(0);
  source.close();
  source.close();
});

test('reads in any order, of any size, give the bytes of the file', () => {
  const size = 300_000;
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 2654435761) >>> 13);
  const path = join(directory, 'any-order');
  writeFileSync(path, bytes);
  const read = fc.record({
    /** Often close behind the one before, as where memory is cut into small pieces. */
    gap: fc.oneof(fc.nat(200), fc.nat(70_000), fc.integer({ min: -size, max: size })),
    length: fc.oneof(fc.nat(64), fc.nat(5000), fc.nat(100_000)),
  });
  fc.assert(
    fc.property(fc.array(read, { minLength: 1, maxLength: 30 }), (reads) => {
      const source = openFileSource(path);
      let at = 0;
      for (const { gap, length } of reads) {
        at = Math.max(0, at + gap);
        const into = new Uint8Array(length);
        const got = source.read(at, into);
        expect(got).toBe(Math.max(0, Math.min(length, size - at)));
        expect(Buffer.compare(into.subarray(0, got), bytes.subarray(at, at + got))).toBe(0);
        at += got;
      }
      source.close();
    }),
  );
});

test('a file that shrinks while it is open ends earlier', () => {
  const path = file('shrinks', 'x'.repeat(100));
  const source = openFileSource(path);
  truncateSync(path, 40);
  expect(source.read(0, new Uint8Array(100))).toBe(40);
  source.close();
});

test('an empty file is an error of its own', () => {
  expect(errorOf(file('empty', ''))).toMatchObject({ code: 'empty-file' });
});

test('what is no file is refused, in one line that says what, where and what to do', () => {
  mkdirSync(join(directory, 'folder'));
  for (const name of ['missing', 'folder', 'two\nlines']) {
    const error = errorOf(join(directory, name));
    expect(error.code).toBe('unreadable-file');
    expect(error.message).toMatch(/^cannot read [^\n]+: [^\n]+$/);
    expect(error.hint).toMatch(/^[^\n]+\.$/);
  }
});

test.skipIf(process.platform === 'win32')('a named pipe is refused without waiting for a writer', () => {
  const path = join(directory, 'pipe');
  execFileSync('/usr/bin/env', ['mkfifo', path]);
  expect(errorOf(path).code).toBe('unreadable-file');
});
