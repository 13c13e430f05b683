import { describe, expect, test } from 'vitest';
import { captureDifferences } from '../../src/compare/capture-differences.ts';
import { matchRegions } from '../../src/compare/match-regions.ts';
import { growthOfTrack, processTotals } from '../../src/compare/process-totals.ts';
import type { Memory } from '../../src/memory/memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import { newTrackMeasure } from '../../src/scan/track-measure.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;

/** One writable region of that many pages from page 16 on, of which some are captured. */
function memory(
  pages: number,
  captured: readonly (readonly [from: number, to: number])[],
  change: Partial<Dump> = {},
): Memory {
  const full = fakeMemory([{ start: 16 * page, bytes: new Uint8Array(pages * page) }]);
  const ranges = captured.map(([from, to]) => ({ start: from * page, size: (to - from) * page, fileOffset: 0 }));
  return { ...full, dump: { ...full.dump, captured: ranges, ...change } };
}

function differencesOf(...memories: Memory[]) {
  return captureDifferences(matchRegions(memories.map(({ dump }) => dump)), memories);
}

describe('what one dump holds and its neighbour leaves out', () => {
  test('is nothing where both hold all, though the region grew', () => {
    const found = differencesOf(memory(4, [[16, 20]]), memory(10, [[16, 26]]));
    expect(found).toMatchObject({ revealedBytes: [0], hiddenBytes: [0], revealedOfTrack: [0], isEven: [true] });
  });

  test('is what was mapped before and is captured only now', () => {
    const found = differencesOf(memory(8, [[16, 18]]), memory(10, [[16, 26]]), memory(10, [[20, 26]]));
    expect(found.revealedBytes).toEqual([6 * page, 0]);
    expect(found.hiddenBytes).toEqual([0, 4 * page]);
    expect(found.revealedOfTrack).toEqual([4 * page]);
    expect(found.isEven).toEqual([false]);
  });

  test('is all of it where a dump does not say what was mapped', () => {
    const partial = memory(0, [], { mayLackRegions: true, regions: [] });
    const found = differencesOf(partial, memory(10, [[16, 26]]));
    expect(found).toMatchObject({ revealedBytes: [10 * page], isFirstPartial: true });
  });
});

test('regions do not grow by what the first dump left out', () => {
  const memories = [memory(8, [[16, 18]]), memory(10, [[16, 26]])];
  const tracks = matchRegions(memories.map(({ dump }) => dump));
  const captures = captureDifferences(tracks, memories);
  const measure = { ...newTrackMeasure(2), populatedBytes: [2 * page, 10 * page] };
  expect(growthOfTrack(tracks[0]!, measure, 0, captures)).toBe(2 * page);
  expect(processTotals(tracks, [measure], { dumpCount: 2, captures, isOneSpace: true }).totalGrowth).toBe(2 * page);
});
