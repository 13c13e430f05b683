import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapBits, gatherNeighbours } from '../../src/compare/gather-neighbours.ts';
import { matchRegions } from '../../src/compare/match-regions.ts';
import type { Dump, MemoryRegion } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;
/** Groups of one page, with gaps of so many pages before each. */
function groupsOf(gaps: readonly number[], likeness: readonly number[] = gaps.map(() => 0)) {
  return { gapsBefore: gaps.map((gap) => gapBits(gap * page)), likeness };
}

test('as many groups as may be are tracks of their own', () => {
  expect([...gatherNeighbours(groupsOf([1, 1, 1, 1]), 4)]).toEqual([0, 1, 2, 3]);
});

test('more are gathered, in tracks of equal count', () => {
  expect([...gatherNeighbours(groupsOf([1, 1, 1, 1, 1, 1, 1, 1]), 4)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});

test('what lies close together is gathered, not what lies far apart', () => {
  expect([...gatherNeighbours(groupsOf([1, 1, 1000, 1, 1, 1000, 1, 1]), 7)]).toEqual([0, 0, 1, 1, 1, 2, 2, 2]);
});

test('what is not alike, or has a name, stays alone', () => {
  expect([...gatherNeighbours(groupsOf([1, 1, 1, 1, 1, 1], [0, 0, -1, -1, 1, 1]), 5)]).toEqual([0, 0, 1, 2, 3, 3]);
});

test('of groups that are alike never more than asked for, whatever the gaps', () => {
  const gap = fc.integer({ min: 0, max: 40 }).map((bits) => 2 ** bits);
  fc.assert(
    fc.property(fc.array(gap, { minLength: 1, maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (gaps, most) => {
      const tracks = gatherNeighbours(groupsOf(gaps), most);
      expect(tracks.at(-1)! + 1).toBeLessThanOrEqual(most);
      for (const [index, track] of tracks.entries()) expect([0, 1]).toContain(track - (tracks[index - 1] ?? track));
    }),
  );
});

test('gathered regions keep their pieces, and are told by their number', () => {
  const region = (index: number): MemoryRegion => ({
    start: index * 2 * page,
    end: (index * 2 + 1) * page,
    kind: 'private',
    name: '',
    readable: true,
    writable: true,
    executable: false,
  });
  const dumpOf = (count: number): Dump => ({
    ...fakeMemory([]).dump,
    regions: Array.from({ length: count }, (_, index) => region(index)),
  });
  const tracks = matchRegions([dumpOf(6), dumpOf(8)], 4);
  expect(tracks.map(({ id, name }) => [id, name])).toEqual([
    ['r1', '4 neighbouring regions'],
    ['r2', '4 neighbouring regions'],
  ]);
  expect(tracks.map(({ presence }) => presence.map((one) => one?.pieces.length))).toEqual([
    [4, 4],
    [2, 4],
  ]);
  expect(tracks[1]!.presence[1]!.mappedBytes).toBe(4 * page);
});
