import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWordHalves } from '../../src/memory/read-word-halves.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

test('halves of words are numbers, the lower one first, whatever the byte order', () => {
  const kinds = fc.record({ littleEndian: fc.boolean(), pointerSize: fc.constantFrom(4 as const, 8 as const) });
  fc.assert(
    fc.property(kinds, fc.uint8Array({ minLength: 16, maxLength: 64 }), (kind, bytes) => {
      const memory = fakeMemory([{ start: 0x1000, bytes: bytes.slice(0, bytes.length & ~7) }], kind);
      const words = new Uint32Array(16);
      const got = readWordHalves(memory, 0x1000, words);
      expect(got).toBe(bytes.length & ~7);
      for (let at = 0; at < got; at += kind.pointerSize) {
        const low = words[at / 4]!;
        const value = kind.pointerSize === 4 ? low : (words[at / 4 + 1]! | 0) * 2 ** 32 + low;
        expect(value).toBe(memory.word(0x1000 + at));
      }
    }),
  );
});
