import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tcmalloc } from '../../src/allocators/tcmalloc/index.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  centralAt,
  heapStart,
  type ObjectState,
  pageBytes,
  rootAt,
  type SpanModel,
  smallClasses,
  staticData,
  type TcmallocModel,
  writeTcmallocHeap,
} from '../synth/synth-tcmalloc-heap.ts';
import { damageArbitrary, linuxMemory, randomRegionArbitrary, walkDamaged } from './damage-image.ts';
import { walkHeaps } from './walk-heaps.ts';

const isLibrary = ({ start }: FakeRegion): boolean => start === staticData;

function walkModel(model: TcmallocModel) {
  const image = createMemoryImage();
  const expected = writeTcmallocHeap(image, model);
  return { expected, ...walkHeaps(tcmalloc, linuxMemory(image, isLibrary)) };
}

const small = (index: number, state: (object: number) => ObjectState): SpanModel => {
  const { sizeClass, count } = smallClasses[index]!;
  return { kind: 'small', sizeClass, objects: Array.from({ length: count }, (_, object) => state(object)) };
};
const thirds = (object: number): ObjectState => (object % 3 === 0 ? 'span' : 'live');

const objectState = fc.constantFrom<ObjectState>('span', 'transfer', 'thread', 'live', 'live', 'live');
const smallArbitrary = fc
  .constantFrom(...smallClasses)
  .chain(({ sizeClass, count }) =>
    fc
      .array(objectState, { minLength: count, maxLength: count })
      .map((objects): SpanModel => ({ kind: 'small', sizeClass, objects })),
  );
const pagesArbitrary = fc.integer({ min: 1, max: 300 });
const largeArbitrary = fc
  .tuple(fc.constantFrom('large' as const, 'free' as const, 'returned' as const), pagesArbitrary)
  .map(([kind, pages]): SpanModel => ({ kind, pages }));
const modelArbitrary = fc.record({
  spans: fc
    .array(fc.oneof({ weight: 2, arbitrary: smallArbitrary }, largeArbitrary), { maxLength: 8 })
    .map((spans) => [small(1, thirds), ...spans]),
  threads: fc.integer({ min: 1, max: 4 }),
});

describe('tcmalloc', () => {
  test('tells the objects on a span’s own list as free', () => {
    const { heaps, blocks, damage, expected } = walkModel({ spans: [small(1, thirds)] });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([{ ranges: [{ start: heapStart, end: heapStart + pageBytes }] }]);
  });

  test('tells what threads and the transfer cache keep as free', () => {
    const states: ObjectState[] = ['thread', 'transfer', 'live', 'thread'];
    const { blocks, expected } = walkModel({ spans: [small(2, (object) => states[object % 4]!)], threads: 3 });
    expect(blocks).toEqual(expected);
    expect(blocks.filter(({ live }) => live)).toHaveLength(6);
  });

  test('tells large objects and free runs of pages whole', () => {
    const spans: SpanModel[] = [
      small(0, thirds),
      { kind: 'large', pages: 40 },
      { kind: 'free', pages: 3 },
      { kind: 'returned', pages: 500 },
    ];
    const { blocks, expected } = walkModel({ spans });
    expect(blocks).toEqual(expected);
    expect(blocks.slice(-3).map(({ stride, live }) => [stride, live])).toEqual([
      [327680, true],
      [24576, false],
      [4096000, false],
    ]);
  });

  test('tells a sampled object with its class and what was asked for', () => {
    const { blocks, expected } = walkModel({
      spans: [small(0, thirds), { kind: 'large', pages: 1, sampledRequest: 90 }],
    });
    expect(blocks).toEqual(expected);
    expect(blocks.at(-1)).toMatchObject({ stride: 96, request: 90 });
  });

  test('reports a span whose counts disagree, and goes on', () => {
    const { blocks, damage, expected } = walkModel({ spans: [small(1, thirds), small(2, thirds)], wrongHandedOut: 1 });
    expect(damage).toMatchObject([{ address: heapStart }]);
    expect(blocks).toEqual(expected);
  });

  test('tells just what any model holds', () => {
    fc.assert(
      fc.property(modelArbitrary, (model) => {
        const { blocks, damage, expected } = walkModel(model);
        expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
      }),
      { numRuns: 25 },
    );
  });

  test('ends without throwing whatever is damaged', () => {
    fc.assert(
      fc.property(modelArbitrary, damageArbitrary, (model, changes) => {
        const image = createMemoryImage();
        writeTcmallocHeap(image, model);
        expect(walkDamaged(tcmalloc, image, changes).blocks.length).toBeLessThan(1e7);
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ['the heads of the central lists', centralAt + 16],
    ['the page map’s root', rootAt + 8 * Math.floor(heapStart / pageBytes / 2 ** 18)],
  ])('finds nothing without %s', (_, address) => {
    const image = createMemoryImage();
    writeTcmallocHeap(image, { spans: [small(1, thirds)] });
    image.xor8(address, 8);
    expect(tcmalloc.findHeaps(linuxMemory(image, isLibrary))).toEqual([]);
  });

  test('finds nothing in random bytes', () => {
    fc.assert(fc.property(randomRegionArbitrary, (region) => tcmalloc.findHeaps(fakeMemory([region])).length === 0));
  });

  test.each([
    [8, { min: 0, max: 8 }],
    [16, { min: 9, max: 16 }],
    [96, { min: 81, max: 96 }],
    [320, { min: 289, max: 320 }],
    [4096, { min: 3329, max: 4096 }],
    [262144, { min: 253953, max: 262144 }],
    [327680, { min: 319489, max: 327680 }],
    [100, null],
    [0, null],
  ])('blocks of %d bytes come from requests of %o', (stride, range) => {
    expect(tcmalloc.requestRange(stride, linuxMemory(createMemoryImage()).dump)).toEqual(range);
  });
});
