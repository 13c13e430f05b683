import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mimalloc } from '../../src/allocators/mimalloc/index.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  arenaAt,
  arenaStaticData,
  type StalePage,
  writeMimallocArena,
  writeMimallocOutside,
} from '../synth/synth-mimalloc-arena.ts';
import {
  type BlockState,
  type MimallocModel,
  mimallocVersions,
  type PageModel,
  segmentAt,
  sliceBytes,
  writeMimallocHeap,
} from '../synth/synth-mimalloc-heap.ts';
import { damageArbitrary, linuxMemory, randomRegionArbitrary, walkDamaged } from './damage-image.ts';
import { walkHeaps } from './walk-heaps.ts';

function walkModel(model: MimallocModel) {
  const image = createMemoryImage();
  const expected = writeMimallocHeap(image, model);
  return { expected, ...walkHeaps(mimalloc, linuxMemory(image)) };
}

const page = (blockSize: number, slices: number, blocks: readonly BlockState[]): PageModel => ({
  blockSize,
  slices,
  blocks,
});
const mixed: BlockState[] = ['live', 'free', 'live', 'local', 'thread', 'free', 'delayed', 'live', 'delayed'];

const state = fc.constantFrom<BlockState>('free', 'local', 'thread', 'delayed', 'live', 'live', 'live');
const pageArbitrary = fc
  .constantFrom([8, 1], [16, 1], [64, 1], [80, 1], [320, 1], [1024, 1], [1280, 1], [20480, 8], [131072, 8], [200704, 4])
  .chain(([blockSize, slices]) => {
    const room = Math.min(40, Math.floor((slices! * sliceBytes - 1024) / blockSize!));
    return fc.array(state, { minLength: 1, maxLength: room }).map((blocks) => page(blockSize!, slices!, blocks));
  });
// The rule for where blocks start is chosen by what most pages agree with, so small pages go with the others.
const pagesArbitrary = fc
  .array(pageArbitrary, { maxLength: 10 })
  .map((pages) => [page(80, 1, mixed), page(48, 1, mixed), ...pages]);

describe.each(mimallocVersions)('mimalloc %s', (version) => {
  test('tells the blocks on any of the lists as free', () => {
    const { heaps, blocks, damage, expected } = walkModel({ version, pages: [page(80, 1, mixed)] });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(blocks.filter(({ live }) => live)).toHaveLength(3);
    expect(heaps).toMatchObject([{ ranges: [{ start: segmentAt, end: segmentAt + 512 * sliceBytes }] }]);
  });

  test('tells a large block with all the slices that it takes', () => {
    const { blocks } = walkModel({ version, pages: [page(80, 1, mixed), page(200704, 4, ['live'])] });
    expect(blocks.at(-1)).toMatchObject({ address: segmentAt + 2 * sliceBytes, stride: 262144, live: true });
  });

  test('tells a huge block that has a segment of its own', () => {
    const { heaps, blocks, expected } = walkModel({ version, pages: [page(80, 1, mixed)], hugeSlices: 700 });
    expect(blocks).toEqual(expected);
    expect(heaps[0]!.ranges).toHaveLength(2);
  });

  test('reports a page whose counts disagree, and goes on', () => {
    const wrong = { ...page(80, 1, mixed), wrongUsed: -1 };
    const { blocks, damage, expected } = walkModel({ version, pages: [wrong, page(48, 1, mixed)] });
    expect(damage).toMatchObject([{ address: segmentAt + sliceBytes }]);
    expect(blocks).toEqual(expected);
  });

  test('tells just what any model holds', () => {
    fc.assert(
      fc.property(pagesArbitrary, (pages) => {
        const { blocks, damage, expected } = walkModel({ version, pages });
        expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
      }),
      { numRuns: 40 },
    );
  });

  test('ends without throwing whatever is damaged', () => {
    fc.assert(
      fc.property(pagesArbitrary, damageArbitrary, (pages, changes) => {
        const image = createMemoryImage();
        writeMimallocHeap(image, { version, pages });
        expect(walkDamaged(mimalloc, image, changes).blocks.length).toBeLessThan(1e6);
      }),
      { numRuns: 40 },
    );
  });

  test('finds nothing when the slices do not add up', () => {
    const image = createMemoryImage();
    writeMimallocHeap(image, { version, pages: [page(80, 1, mixed), page(1280, 1, mixed)] });
    image.u32(segmentAt + (version.startsWith('2.2') ? 0x120 : 0x108), 2);
    expect(mimalloc.findHeaps(linuxMemory(image))).toEqual([]);
  });
});

describe('mimalloc 3.0', () => {
  const isLibrary = ({ start }: FakeRegion): boolean => start === arenaStaticData;

  function walkArena(pages: readonly (PageModel | StalePage)[]) {
    const image = createMemoryImage();
    const expected = writeMimallocArena(image, pages);
    return { expected, ...walkHeaps(mimalloc, linuxMemory(image, isLibrary)) };
  }

  test('tells just what any model holds', () => {
    fc.assert(
      fc.property(pagesArbitrary, (pages) => {
        const { blocks, damage, expected } = walkArena(pages);
        expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
      }),
      { numRuns: 40 },
    );
  });

  test('tells an object that is too large for arenas', () => {
    const image = createMemoryImage();
    const expected = writeMimallocArena(image, [page(80, 1, mixed), page(48, 1, mixed)]);
    expected.push(writeMimallocOutside(image, 2, 700));
    const { heaps, blocks } = walkHeaps(mimalloc, linuxMemory(image, isLibrary));
    expect(blocks).toEqual(expected);
    expect(heaps[0]!.ranges).toHaveLength(2);
  });

  test('passes over the record of a freed page whose slices others have taken', () => {
    const { blocks, expected } = walkArena([{ staleSlices: 8 }, page(80, 1, mixed), page(48, 1, mixed)]);
    expect(blocks).toEqual(expected);
  });

  test('ends without throwing whatever is damaged', () => {
    fc.assert(
      fc.property(pagesArbitrary, damageArbitrary, (pages, changes) => {
        const image = createMemoryImage();
        writeMimallocArena(image, pages);
        expect(walkDamaged(mimalloc, image, changes).blocks.length).toBeLessThan(1e6);
      }),
      { numRuns: 40 },
    );
  });

  test('finds nothing without a pointer to the arena', () => {
    const image = createMemoryImage();
    writeMimallocArena(image, [page(80, 1, mixed)]);
    image.pointer(8, arenaStaticData + 0x108, arenaAt + sliceBytes);
    expect(mimalloc.findHeaps(linuxMemory(image, isLibrary))).toEqual([]);
  });
});

test('finds nothing in random bytes', () => {
  fc.assert(fc.property(randomRegionArbitrary, (region) => mimalloc.findHeaps(fakeMemory([region])).length === 0));
});

test.each([
  [8, { min: 0, max: 8 }],
  [32, { min: 17, max: 32 }],
  [80, { min: 65, max: 80 }],
  [1024, { min: 897, max: 1024 }],
  [131072, { min: 114689, max: 131072 }],
  [196608, { min: 131073, max: 196608 }],
  [262144, { min: 196609, max: 262144 }],
  [655360, { min: 524289, max: 655360 }],
  [3145728, { min: 2621441, max: 3145728 }],
  [20971520, { min: 19922945, max: 20971520 }],
  [24, null],
  [140000, null],
  [0, null],
])('blocks of %d bytes come from requests of %o', (stride, range) => {
  expect(mimalloc.requestRange(stride, linuxMemory(createMemoryImage()).dump)).toEqual(range);
});
