import { describe, expect, test } from 'vitest';
import { followRegions } from '../../src/compare/follow-regions.ts';
import type { Dump, MemoryRegion, OperatingSystem, RegionKind } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;

interface Place {
  readonly at: number;
  readonly pages: number;
  readonly kind?: RegionKind;
  readonly name?: string;
  readonly writable?: boolean;
}

/** Places in pages. */
function dump(places: readonly Place[], operatingSystem: OperatingSystem = 'linux'): Dump {
  const regions = places.map(
    ({ at, pages, kind = 'private', name = '', writable = kind !== 'image' }): MemoryRegion => ({
      start: at * page,
      end: (at + pages) * page,
      kind,
      name,
      readable: true,
      writable,
      executable: false,
    }),
  );
  regions.sort((a, b) => a.start - b.start);
  return { ...fakeMemory([]).dump, processName: 'server', operatingSystem, regions };
}

/** Per track: where each run has it, in pages. */
function followed(...dumps: Dump[]): string[] {
  const tracks = followRegions(
    dumps,
    dumps.map(() => []),
    dumps.map((_, index) => index),
  );
  return tracks.map((track) => track.presence.map((one) => (one ? `${one.start / page}` : '-')).join(' '));
}

/** A program as Linux lays it out, from three random addresses. */
function process(
  program: number,
  mappings: number,
  stack: number,
  heapPages: number,
  more: readonly Place[] = [],
): Dump {
  return dump([
    { at: program, pages: 4, kind: 'image', name: '/usr/bin/server' },
    { at: program + 4, pages: 2 },
    { at: program + 900, pages: heapPages },
    { at: mappings, pages: 10, kind: 'image', name: '/lib/libc.so' },
    { at: mappings + 10, pages: 3 },
    { at: mappings + 20, pages: 5, kind: 'mapped-file', name: '/var/data' },
    { at: stack, pages: 30, kind: 'stack', name: '[stack]' },
    ...more.map((place) => ({ ...place, at: mappings + place.at })),
  ]);
}

describe('from run to run', () => {
  test('programs, files, their data, the heap and the stack are followed', () => {
    const dumps = [process(10_000, 50_000, 90_000, 100), process(12_345, 55_555, 91_111, 300)];
    expect(followed(...dumps)).toEqual([
      '10000 12345',
      '10004 12349',
      '10900 13245',
      '50000 55555',
      '50010 55565',
      '50020 55575',
      '90000 91111',
    ]);
  });

  test('the stack grows downward, so that its upper ends stand beside each other', () => {
    const stackOf = (pages: number, end: number) => dump([{ at: end - pages, pages, kind: 'stack', name: '[stack]' }]);
    const [track] = followRegions([stackOf(10, 500), stackOf(30, 900)], [[], []], [0, 1]);
    expect([track!.start / page, track!.end / page]).toEqual([870, 900]);
    expect(track!.presence[0]!.shift / page).toBe(400);
  });

  test('mapped memory is followed by how far the library beside it moved, though it grew downward', () => {
    const grown = (pages: number) => [{ at: -pages, pages }];
    const dumps = [process(10_000, 50_000, 90_000, 1, grown(20)), process(11_000, 60_000, 91_000, 1, grown(500))];
    expect(followed(...dumps)).toContain('49980 59500');
  });

  test('threads are followed in the order in which they were made', () => {
    const threads = (first: number, ids: readonly number[]) =>
      dump(ids.map((id, index) => ({ at: first - index * 100, pages: 8, kind: 'stack', name: `[stack:${id}]` })));
    expect(followed(threads(5000, [11, 12, 13]), threads(7000, [90, 91, 99, 100]))).toEqual([
      '- 6700',
      '4800 6800',
      '4900 6900',
      '5000 7000',
    ]);
  });

  test('what is alike on both sides is followed in order, and what is left over stands alone', () => {
    const blocks = (at: number, sizes: readonly number[]) =>
      dump(
        sizes.map((pages, index) => ({ at: at + index * 1000, pages })),
        'windows',
      );
    expect(followed(blocks(1000, [16, 16, 40]), blocks(50_000, [16, 16, 16, 80]))).toEqual([
      '3000 -',
      '- 50000',
      '1000 51000',
      '2000 52000',
      '- 53000',
    ]);
  });

  test('memory that may not be written is never taken for memory that may', () => {
    const beside = (writable: boolean) => [{ at: -20, pages: 20, writable }];
    const dumps = [process(10_000, 50_000, 90_000, 1, beside(false)), process(11_000, 60_000, 91_000, 1, beside(true))];
    expect(followed(...dumps)).toContain('49980 -');
  });

  test('every region of every dump is in exactly one track, whatever the runs', () => {
    const dumps = [1, 2, 3].map((run) =>
      process(run * 10_000, run * 50_000 + 7, run * 90_000, run * 50, [
        { at: -run * 40, pages: run * 20 },
        { at: 500 * run, pages: 3 + (run % 2) },
      ]),
    );
    const tracks = followRegions(dumps, [[], [], []], [0, 1, 2]);
    const pieces = tracks.flatMap((track) => track.presence.flatMap((one) => one?.pieces ?? []));
    expect(pieces).toHaveLength(dumps.reduce((sum, { regions }) => sum + regions.length, 0));
    expect(tracks.map(({ id }) => id)).toEqual(tracks.map((_, index) => `r${index + 1}`));
  });
});

test('dumps of one run among others are followed by address', () => {
  const [a, b] = [process(10_000, 50_000, 90_000, 100), process(10_000, 50_000, 90_000, 200)];
  const other = process(12_345, 55_555, 91_111, 300);
  const tracks = followRegions([a, other, b], [[], [], []], [0, 1, 0]);
  const heap = tracks.find(({ presence }) => presence[0]?.start === 10_900 * page)!;
  expect(heap.presence.map((one) => one!.start / page)).toEqual([10_900, 13_245, 10_900]);
  expect(heap.presence.map((one) => one!.shift / page)).toEqual([0, 10_900 - 13_245, 0]);
});
