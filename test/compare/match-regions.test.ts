import { describe, expect, test } from 'vitest';
import { matchRegions } from '../../src/compare/match-regions.ts';
import type { Dump, MemoryRegion, RegionKind } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;

function region(start: number, end: number, kind: RegionKind = 'private', name = ''): MemoryRegion {
  return {
    start: start * page,
    end: end * page,
    kind,
    name,
    readable: true,
    writable: kind !== 'image',
    executable: false,
  };
}

function dump(...regions: MemoryRegion[]): Dump {
  return { ...fakeMemory([]).dump, regions };
}

/** Per track: per dump `start-end` in pages, or nothing. */
function spans(...dumps: Dump[]): string[] {
  return matchRegions(dumps).map((track) =>
    track.presence.map((one) => (one ? `${one.start / page}-${one.end / page}` : '')).join(' '),
  );
}

describe('a region is followed by its address', () => {
  test('when it grows upward, downward, or both', () => {
    expect(spans(dump(region(10, 20)), dump(region(10, 30)), dump(region(10, 40)))).toEqual(['10-20 10-30 10-40']);
    expect(spans(dump(region(30, 40)), dump(region(20, 40)), dump(region(10, 40)))).toEqual(['30-40 20-40 10-40']);
    expect(spans(dump(region(20, 30)), dump(region(10, 40)))).toEqual(['20-30 10-40']);
  });

  test('when it appears late or goes away', () => {
    expect(spans(dump(), dump(region(1, 2)), dump(region(1, 2)))).toEqual([' 1-2 1-2']);
    expect(spans(dump(region(1, 2)), dump(), dump(region(1, 3)))).toEqual(['1-2  1-3']);
  });

  test('when it splits or merges, as one track', () => {
    const [track] = matchRegions([dump(region(0, 10)), dump(region(0, 4), region(6, 10)), dump(region(0, 10))]);
    expect(track!.presence[1]!.pieces.map(({ start, end }) => [start / page, end / page])).toEqual([
      [0, 4],
      [6, 10],
    ]);
    expect(track!.presence.map((one) => one!.mappedBytes / page)).toEqual([10, 8, 10]);
  });
});

test('regions that only touch stay apart', () => {
  expect(spans(dump(region(0, 10), region(10, 20)), dump(region(0, 10), region(10, 20)))).toEqual([
    '0-10 0-10',
    '10-20 10-20',
  ]);
});

test('memory that takes the place of a file is another track', () => {
  expect(spans(dump(region(0, 10, 'mapped-file', '/data')), dump(region(0, 10)))).toEqual(['0-10 ', ' 0-10']);
});

test('the sections of an image are one track', () => {
  const image = [region(0, 1, 'image', '/bin/a'), region(1, 5, 'image', '/bin/a'), region(6, 7, 'image', '/bin/a')];
  const tracks = matchRegions([dump(...image), dump(...image)]);
  expect(tracks).toHaveLength(1);
  expect(tracks[0]!.presence[0]!.mappedBytes).toBe(6 * page);
});

test('a dump that lost the names of files has them from the others', () => {
  const named = [region(0, 2, 'image', '/bin/a'), region(2, 5, 'image', '/bin/a'), region(5, 9)];
  const modules = [{ path: '/bin/a', start: 0, end: 5 * page }];
  const tracks = matchRegions([dump(region(0, 2), region(2, 5), region(5, 9)), { ...dump(...named), modules }]);
  expect(tracks.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['image /bin/a', 'private ']);
  expect(tracks[0]!.presence.map((one) => one!.mappedBytes / page)).toEqual([5, 5]);
});

test('every region of every dump is in exactly one track', () => {
  const tracks = matchRegions([dump(region(0, 3), region(5, 9), region(20, 30)), dump(region(2, 6), region(25, 26))]);
  const pieces = tracks.flatMap((track) => track.presence.flatMap((one) => one?.pieces ?? []));
  expect(pieces).toHaveLength(5);
  expect(tracks.map((track) => track.id)).toEqual(['r1', 'r2']);
});
