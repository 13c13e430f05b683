import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { LeakvizError } from '../../src/errors.ts';
import type { DumpFile } from '../../src/formats/dump-format.ts';
import { dumpFormats, findFormat } from '../../src/formats/index.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import { formatExamples } from './format-examples.ts';
import { openDump } from './open-dump.ts';

describe.each(dumpFormats.map((format) => [format.id, format] as const))('%s', (id, format) => {
  const bytes = formatExamples[id];

  test('is told by its content', () => {
    expect(findFormat(memorySource(bytes))).toBe(format);
    expect(openDump(memorySource(bytes)).format).toBe(id);
  });

  test('does not take other formats for its own, raw apart', () => {
    for (const [other, otherBytes] of Object.entries(formatExamples)) {
      if (id !== 'raw' && other !== id) expect(format.probe(otherBytes.subarray(0, 4096))).toBe(false);
    }
  });

  test('probing never throws, however short the head', () => {
    for (let size = 0; size < 64; size += 1) expect(() => format.probe(bytes.subarray(0, size))).not.toThrow();
  });

  test('keeps its promises', () => {
    expectSound(openDump(memorySource(bytes)), bytes);
  });

  test('cut off anywhere, it gives a sound dump or a LeakvizError', () => {
    for (let size = 0; size < bytes.length; size += 7) openSoundly(bytes.subarray(0, size));
  });

  test('with any bytes changed, it gives a sound dump or a LeakvizError', () => {
    const place = fc.integer({ min: 4, max: Math.min(bytes.length, 2500) - 9 });
    const value = fc.constantFrom([0], [0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 0, 0, 0, 0x80], [1, 0, 0, 0]);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, change] of changes) changed.set(change, at);
        openSoundly(changed);
      }),
      { numRuns: 1500 },
    );
  });
});

function openSoundly(bytes: Uint8Array): void {
  let dump: DumpFile;
  try {
    dump = openDump(memorySource(bytes));
  } catch (error) {
    if (!(error instanceof LeakvizError)) throw error;
    expect(error.message).not.toContain('\n');
    return;
  }
  expectSound(dump, bytes);
}

/** What Dump promises of every dump. */
function expectSound(dump: DumpFile, bytes: Uint8Array): void {
  const content = dump.content ?? memorySource(bytes);
  let end = Number.NEGATIVE_INFINITY;
  for (const region of dump.regions) {
    if (region.start < end || region.end <= region.start) throw new Error('regions overlap or are empty');
    end = region.end;
  }
  end = Number.NEGATIVE_INFINITY;
  for (const { start, size, fileOffset } of dump.captured) {
    if (start < end || size <= 0) throw new Error('captured ranges overlap or are empty');
    if (fileOffset < 0 || fileOffset + size > content.size) throw new Error('captured beyond the file');
    end = start + size;
  }
  const starts = dump.modules.map(({ start }) => start);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  const memory = openMemory(dump, content);
  for (const { start, fileOffset } of dump.captured) {
    const byte = new Uint8Array(1);
    expect(memory.u8(start)).toBe(content.read(fileOffset, byte) === 1 ? byte[0] : undefined);
  }
}
