import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchRegions } from '../../src/compare/match-regions.ts';
import { gatherPages, newCapturedCursor, newWindowPages } from '../../src/scan/captured-window.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const pageBytes = 4096;
const base = 0x7f00_0000_0000;

/** Of one dump, in bytes: how far each stretch that is captured lies behind the one before, and its size. */
const stretches = fc.array(
  fc.record({
    gap: fc.constantFrom(8, 2048, pageBytes, 5 * pageBytes + 100),
    size: fc.constantFrom(100, pageBytes, 3 * pageBytes, 9 * pageBytes + 8),
  }),
  { minLength: 1, maxLength: 6 },
);

test('pages are gathered once each, window by window, and none behind the end of the part', () => {
  fc.assert(
    fc.property(
      fc.array(stretches, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (dumps, partPages, room) => {
        const captured = dumps.map((own) => {
          let at = base + 512;
          return own.map(({ gap, size }) => {
            const start = at + gap;
            at = start + size;
            return { start, end: at };
          });
        });
        const memories = captured.map((own) =>
          fakeMemory(own.map(({ start, end }) => ({ start, bytes: new Uint8Array(end - start), name: 'one' }))),
        );
        for (const track of matchRegions(memories.map(({ dump }) => dump))) {
          // The border of two parts may lie anywhere in what is captured.
          const cut = Math.min(track.end, base + partPages * pageBytes);
          const found: number[] = [];
          for (const [start, end] of [
            [track.start, cut],
            [cut, track.end],
          ] as const) {
            const cursors = memories.map((memory, dump) => newCapturedCursor(memory, track.presence[dump]!));
            const pages = newWindowPages(room);
            for (let from = start; from < end; ) {
              from = gatherPages(pages, cursors, { from, end, pageBytes });
              if (pages.count === 0) break;
              for (let run = 0; run < pages.runCount; run++) {
                const [first, behind] = [pages.firsts[run]!, pages.firsts[run + 1]!];
                for (let page = first; page < behind; page++)
                  found.push(pages.starts[run]! + (page - first) * pageBytes);
              }
            }
          }
          const expected = new Set<number>();
          for (const [dump, own] of captured.entries()) {
            for (const piece of track.presence[dump]?.pieces ?? []) {
              for (const { start, end } of own) {
                const stop = Math.min(end, piece.end);
                let at = Math.max(start, piece.start);
                for (; at < stop; at = (Math.floor(at / pageBytes) + 1) * pageBytes)
                  expected.add(Math.floor(at / pageBytes) * pageBytes);
              }
            }
          }
          expect(found).toEqual([...expected].sort((a, b) => a - b));
        }
      },
    ),
    { numRuns: 300 },
  );
});
