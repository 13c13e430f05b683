import { expect, test } from 'vitest';
import { captureDifferences } from '../../src/compare/capture-differences.ts';
import { matchRegions } from '../../src/compare/match-regions.ts';
import { growthOfTrack, processTotals } from '../../src/compare/process-totals.ts';
import { newTrackMeasure } from '../../src/scan/track-measure.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;

function region(firstPage: number, pages: number, writable: boolean): FakeRegion {
  return { start: firstPage * page, bytes: new Uint8Array(pages * page), writable };
}

test('memory grew by the addresses that a thread arena keeps for later', () => {
  const memories = [
    fakeMemory([region(16, 4, true)]),
    fakeMemory([region(16, 5, true), region(64, 2, true), region(66, 1000, false)]),
  ];
  const tracks = matchRegions(memories.map(({ dump }) => dump));
  const captures = captureDifferences(tracks, memories);
  const measures = tracks.map(() => newTrackMeasure(2));
  expect(tracks.map((track, index) => growthOfTrack(track, measures[index]!, index, captures))).toEqual([
    page,
    2 * page,
    0,
  ]);
  const totals = processTotals(tracks, measures, { dumpCount: 2, captures, isOneSpace: true });
  expect(totals).toMatchObject({
    totalGrowth: 3 * page,
    mappedBytes: [4 * page, 1007 * page],
    committedBytes: [4 * page, 7 * page],
  });
});

test('an arena that grows into what it kept grows by what it writes to', () => {
  const memories = [
    fakeMemory([region(16, 4, true), region(20, 1000, false)]),
    fakeMemory([region(16, 104, true), region(120, 900, false)]),
  ];
  const tracks = matchRegions(memories.map(({ dump }) => dump));
  const captures = captureDifferences(tracks, memories);
  expect(tracks.map((track, index) => growthOfTrack(track, newTrackMeasure(2), index, captures))).toEqual([100 * page]);
});
