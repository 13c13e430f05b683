import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jemalloc } from '../../src/allocators/jemalloc/index.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  baseBlock,
  type ExtentModel,
  heapStart,
  type JemallocModel,
  type RegionState,
  slabClasses,
  writeJemallocHeap,
} from '../synth/synth-jemalloc-heap.ts';
import { damageArbitrary, linuxMemory, randomRegionArbitrary, walkDamaged } from './damage-image.ts';
import { walkHeaps } from './walk-heaps.ts';

const versions = ['5.2', '5.3'] as const;

function walkModel(model: JemallocModel) {
  const image = createMemoryImage();
  const expected = writeJemallocHeap(image, model);
  return { expected, ...walkHeaps(jemalloc, linuxMemory(image)) };
}

const slab = (index: number, state: (region: number) => RegionState, more: object = {}): ExtentModel => {
  const { szind, regionBytes, slabBytes } = slabClasses[index]!;
  const regions = Array.from({ length: slabBytes / regionBytes }, (_, region) => state(region));
  return { kind: 'slab', szind, regionBytes, regions, ...more };
};
const everyOther = (region: number): RegionState => (region % 2 === 0 ? 'live' : 'free');
const free: ExtentModel = { kind: 'free', bytes: 0x7000, state: 1 };
const large = { kind: 'large', szind: 40, usable: 32768, offset: 0x540, cached: false } as const;

const regionState = fc.constantFrom<RegionState>('free', 'live', 'live', 'live');
const slabArbitrary = fc.constantFrom(...slabClasses).chain(({ szind, regionBytes, slabBytes }) => {
  const count = slabBytes / regionBytes;
  return fc
    .tuple(fc.array(regionState, { minLength: count, maxLength: count }), fc.array(fc.nat(count - 1), { maxLength: 3 }))
    .map(([regions, cached]): ExtentModel => {
      const states = regions.map((state, index) => (cached.includes(index) ? 'cached' : state));
      return { kind: 'slab', szind, regionBytes, regions: states };
    });
});
const largeArbitrary = fc
  .tuple(fc.constantFrom([36, 16384], [40, 32768]), fc.constantFrom(-1, 0, 64, 4032), fc.boolean())
  .map(([[szind, usable], offset, cached]): ExtentModel => {
    return { kind: 'large', szind: szind!, usable: usable!, offset, cached };
  });
const freeArbitrary = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.constantFrom(1 as const, 2 as const, 3 as const))
  .map(([pages, state]): ExtentModel => ({ kind: 'free', bytes: pages * 4096, state }));
const extentsArbitrary = fc.array(fc.oneof({ weight: 4, arbitrary: slabArbitrary }, largeArbitrary, freeArbitrary), {
  minLength: 1,
  maxLength: 12,
});

describe.each(versions)('jemalloc %s', (version) => {
  test('tells each region of a slab by its bit', () => {
    const { heaps, blocks, damage, expected } = walkModel({ version, extents: [slab(3, everyOther), free] });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([{ name: 'arena 0', ranges: [{ start: heapStart, end: heapStart + 0x8000 }] }]);
  });

  test('tells what a thread keeps in its cache as free', () => {
    const extents = [slab(1, (region) => (region < 9 ? 'cached' : 'live')), { ...large, cached: true }];
    const { blocks, expected } = walkModel({ version, extents });
    expect(blocks).toEqual(expected);
    expect(blocks.filter(({ live }) => !live)).toHaveLength(10);
  });

  test('tells a large object with the padding that it takes', () => {
    const { blocks } = walkModel({ version, extents: [slab(3, everyOther), large] });
    expect(blocks.at(-1)).toEqual({ address: heapStart + 4096, stride: 36864, live: true, request: -1 });
  });

  test('makes a heap of each arena', () => {
    const extents = [slab(3, everyOther), slab(3, everyOther, { arena: 7 }), free];
    const { heaps, blocks } = walkModel({ version, extents });
    expect(heaps.map(({ name, ranges }) => [name, ranges.length])).toEqual([
      ['arena 0', 2],
      ['arena 7', 1],
    ]);
    expect(blocks).toHaveLength(33);
  });

  test('leaves out a slab whose count of free regions disagrees with its bits', () => {
    const { blocks } = walkModel({
      version,
      extents: [slab(3, everyOther), slab(3, everyOther, { wrongFreeCount: 7 })],
    });
    expect(blocks).toHaveLength(16);
  });

  test('tells just what any model holds', () => {
    fc.assert(
      fc.property(extentsArbitrary, (extents) => {
        const { blocks, damage, expected } = walkModel({ version, extents: [slab(3, everyOther), ...extents] });
        expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('finds no heap where there is no slab', () => {
    const { heaps } = walkModel({ version, extents: [{ kind: 'free', bytes: 0x8000, state: 1 }] });
    expect(heaps).toEqual([]);
  });

  test('reads the larger records of builds for larger pages', () => {
    const pageBytes = 65536;
    const regions = Array.from({ length: 4096 }, (_, region) => everyOther(region));
    const extents: ExtentModel[] = [
      { kind: 'slab', szind: 1, regionBytes: 16, regions },
      { kind: 'large', szind: 52, usable: 262144, offset: 0xfc0, cached: version === '5.3' },
      { kind: 'slab', szind: 3, regionBytes: 48, regions: regions.map(() => 'live') },
    ];
    const { blocks, damage, expected } = walkModel({ version, extents, pageBytes });
    expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
  });

  test('ends without throwing whatever is damaged', () => {
    fc.assert(
      fc.property(extentsArbitrary, damageArbitrary, (extents, changes) => {
        const image = createMemoryImage();
        writeJemallocHeap(image, { version, extents: [slab(3, everyOther), ...extents] });
        expect(walkDamaged(jemalloc, image, changes).blocks.length).toBeLessThan(1e6);
      }),
      { numRuns: 60 },
    );
  });
});

test('believes a record in use before a stale one that overlaps it', () => {
  const image = createMemoryImage();
  const expected = writeJemallocHeap(image, {
    version: '5.3',
    extents: [slab(3, everyOther), free, slab(3, everyOther)],
  });
  // The first slab's record once more, as the free extent that it was merged into before it was split again.
  image.pointer(8, baseBlock + 0x4000 + 128 + 8, heapStart);
  const { blocks } = walkHeaps(jemalloc, linuxMemory(image));
  expect(blocks).toEqual(expected.filter(({ stride }) => stride === 256));
});

test('finds nothing without a base block that proves itself', () => {
  const image = createMemoryImage();
  writeJemallocHeap(image, { version: '5.3', extents: [slab(3, everyOther)] });
  image.xor8(baseBlock + 32, 1);
  expect(jemalloc.findHeaps(linuxMemory(image))).toEqual([]);
});

test('finds nothing in random bytes', () => {
  fc.assert(fc.property(randomRegionArbitrary, (region) => jemalloc.findHeaps(fakeMemory([region])).length === 0));
});

test('leaves dumps alone that it cannot know', () => {
  const image = createMemoryImage();
  writeJemallocHeap(image, { version: '5.3', extents: [slab(3, everyOther)] });
  const regions = image.regions();
  expect(jemalloc.findHeaps(fakeMemory(regions))).toHaveLength(1);
  expect(jemalloc.findHeaps(fakeMemory(regions, { addressSpace: 'none' }))).toEqual([]);
  expect(jemalloc.findHeaps(fakeMemory(regions, { pointerSize: 4 }))).toEqual([]);
});

test.each([
  [8, { min: 0, max: 8 }],
  [16, { min: 9, max: 16 }],
  [256, { min: 225, max: 256 }],
  [14336, { min: 12289, max: 14336 }],
  // From 16 KiB on a page is added.
  [20480, { min: 14337, max: 16384 }],
  [24576, { min: 16385, max: 20480 }],
  [24, { min: 17, max: 24 }],
  [100, null],
  [0, null],
])('blocks of %d bytes come from requests of %o', (stride, range) => {
  expect(jemalloc.requestRange(stride, linuxMemory(createMemoryImage()).dump)).toEqual(range);
});
