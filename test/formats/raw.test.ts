import { expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { openDump } from './open-dump.ts';

const source = memorySource(new Uint8Array(100));

test('without a base, addresses are offsets and known to be no addresses', () => {
  const dump = openDump(source);
  expect(dump).toMatchObject({ format: 'raw', addressSpace: 'none', architecture: 'unknown', pointerSize: 8 });
  expect(dump.regions).toMatchObject([{ start: 0, end: 100, kind: 'unknown' }]);
  expect([...dump.captured]).toEqual([{ start: 0, size: 100, fileOffset: 0 }]);
});

test('with a base, addresses start there', () => {
  const dump = openDump(source, { base: 0x7ff0_0000_0000 });
  expect(dump.addressSpace).toBe('virtual');
  expect(dump.regions).toMatchObject([{ start: 0x7ff0_0000_0000, end: 0x7ff0_0000_0064 }]);
});

test('an empty file is an error', () => {
  expect(() => openDump(memorySource(new Uint8Array(0)))).toThrow(expect.objectContaining({ code: 'empty-file' }));
});
