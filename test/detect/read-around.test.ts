import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAround } from '../../src/detect/stride/read-around.ts';
import { farthestCompanion } from '../../src/kernels/token-table.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const memoryStart = 0x1000;

test('what stands around a stretch is read up to the nearest gaps, and is zero beyond', () => {
  const sizes = fc.record({ gap: fc.constantFrom(0, 8, 16, 200), size: fc.integer({ min: 1, max: 50 }) });
  const scenario = fc.record({
    regions: fc.array(sizes, { minLength: 1, maxLength: 6 }),
    at: fc.nat({ max: 999 }),
    bytes: fc.integer({ min: 1, max: 40 }).map((words) => 8 * words),
  });
  fc.assert(
    fc.property(scenario, ({ regions, at, bytes }) => {
      let end = memoryStart;
      const captured = regions.map(({ gap, size }, index) => {
        const start = end + gap;
        end = start + 8 * size;
        return { start, bytes: new Uint8Array(8 * size).map((_, byte) => 1 + ((index + byte) % 250)) };
      });
      const memory = fakeMemory(captured);
      const start = memoryStart + 8 * (at % ((end - memoryStart) / 8));
      const into = new Uint8Array(bytes + 2 * farthestCompanion).fill(0x5a);
      const got = readAround(memory, start, into);
      // Byte for byte, away from the stretch's start.
      const expected = new Uint8Array(into.length);
      for (let place = farthestCompanion; place < into.length; place++) {
        const byte = memory.u8(start - farthestCompanion + place);
        if (byte === undefined) break;
        expected[place] = byte;
      }
      for (let place = farthestCompanion - 1; place >= 0; place--) {
        const byte = memory.u8(start - farthestCompanion + place);
        if (byte === undefined) break;
        expected[place] = byte;
      }
      expect([...into]).toEqual([...expected]);
      expect(got).toBe(memory.capturedBytesFrom(start, bytes));
    }),
    { numRuns: 500 },
  );
});
