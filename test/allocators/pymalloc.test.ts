import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pymalloc } from '../../src/allocators/pymalloc/index.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  arrayAt,
  type PoolModel,
  type PymallocModel,
  staticData,
  writePymallocHeap,
} from '../synth/synth-pymalloc-heap.ts';
import { damageArbitrary, linuxMemory, randomRegionArbitrary, walkDamaged } from './damage-image.ts';
import { walkHeaps } from './walk-heaps.ts';

const isLibrary = ({ start }: FakeRegion): boolean => start === staticData;

function walkModel(model: PymallocModel) {
  const image = createMemoryImage();
  const expected = writePymallocHeap(image, model);
  return { expected, ...walkHeaps(pymalloc, linuxMemory(image, isLibrary)) };
}

function pool(blockBytes: number, count: number, isLive: (block: number) => boolean = () => true): PoolModel {
  return { blockBytes, live: Array.from({ length: count }, (_, block) => isLive(block)) };
}

const onOwnBorder = 0x7f44_2000_0000;
const offBorder = 0x7f44_3000_1000;

const current: PymallocModel = {
  poolBytes: 16384,
  unit: 16,
  arenas: [
    { start: onOwnBorder, pools: [pool(64, 255, (block) => block % 3 !== 0), pool(32, 7)] },
    undefined,
    { start: offBorder, pools: [pool(512, 31), pool(16, 12, () => false), pool(48, 340)] },
  ],
};

/** Pools of 4 KiB and blocks of multiples of 8, in an arena that is full. */
const former: PymallocModel = {
  poolBytes: 4096,
  unit: 8,
  arenas: [{ start: offBorder, pools: Array.from({ length: 64 }, (_, place) => pool(40 + 8 * (place % 3), 60)) }],
};

describe('pymalloc', () => {
  test('tells live and free blocks of pools, and pools without a block in use as free', () => {
    const { heaps, blocks, damage, expected } = walkModel(current);
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([
      {
        address: arrayAt,
        ranges: [
          { start: onOwnBorder, end: onOwnBorder + (1 << 20) },
          { start: offBorder, end: offBorder + (1 << 20) },
        ],
      },
    ]);
  });

  test('knows the smaller pools and blocks of former versions', () => {
    const { blocks, damage, expected } = walkModel(former);
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('full arenas hid the heap, whose links were left from before the array moved', () => {
    const { blocks, expected } = walkModel({ ...former, staleLinks: true });
    expect(blocks).toEqual(expected);
  });

  test('says where a pool counts otherwise than its list', () => {
    const wrong = { ...pool(64, 100, (block) => block > 3), wrongUsed: 1 };
    const { damage } = walkModel({ ...current, arenas: [{ start: onOwnBorder, pools: [pool(32, 9), wrong] }] });
    expect(damage).toEqual([{ address: onOwnBorder + 16384, message: '100 blocks, but 97 in use and 4 free' }]);
  });

  test('steps over a pool whose header contradicts itself', () => {
    const image = createMemoryImage();
    const expected = writePymallocHeap(image, current);
    image.u32(onOwnBorder + 16384 + 44, 12);
    const { blocks, damage } = walkHeaps(pymalloc, linuxMemory(image, isLibrary));
    const isIn = ({ address }: { address: number }) => Math.floor(address / 16384) === onOwnBorder / 16384 + 1;
    expect(damage).toMatchObject([{ address: onOwnBorder + 16384 }]);
    expect(blocks).toEqual(expected.filter((block) => !isIn(block)));
  });

  test('is not seen where a pool does not know its arena', () => {
    const image = createMemoryImage();
    writePymallocHeap(image, current);
    image.u32(onOwnBorder + 32, 7);
    expect(walkHeaps(pymalloc, linuxMemory(image, isLibrary)).heaps).toEqual([]);
  });

  test.each([
    ['/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0', 1],
    ['/usr/bin/python3.11', 1],
    ['C:\\Program Files\\Python311\\python311.dll', 1],
    ['/usr/lib/python3/server', 0],
    ['/usr/lib/x86_64-linux-gnu/libc.so.6', 0],
  ])('is looked for where a module has the name of Python: %s', (path, count) => {
    const image = createMemoryImage();
    writePymallocHeap(image, current);
    const memory = linuxMemory(image, isLibrary);
    const modules = [{ start: 0x400000, end: 0x500000, path }];
    expect(pymalloc.findHeaps({ ...memory, dump: { ...memory.dump, modules } })).toHaveLength(count);
  });

  test('gives the requests of a block', () => {
    const { dump } = fakeMemory([]);
    expect(pymalloc.requestRange(64, dump)).toEqual({ min: 49, max: 64 });
    expect(pymalloc.requestRange(40, dump)).toEqual({ min: 33, max: 40 });
    expect(pymalloc.requestRange(16, dump)).toEqual({ min: 0, max: 16 });
    expect(pymalloc.requestRange(528, dump)).toBeNull();
  });

  test('survives any damage', () => {
    fc.assert(
      fc.property(damageArbitrary, (changes) => {
        const image = createMemoryImage();
        writePymallocHeap(image, current);
        walkDamaged(pymalloc, image, changes);
      }),
      { numRuns: 50 },
    );
  });

  test('sees nothing in random bytes', () => {
    fc.assert(
      fc.property(randomRegionArbitrary, (region) => {
        expect(pymalloc.findHeaps(fakeMemory([region]))).toEqual([]);
      }),
    );
  });
});
