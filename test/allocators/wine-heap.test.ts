import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntHeap } from '../../src/allocators/nt-heap/index.ts';
import { wineHeap } from '../../src/allocators/wine-heap/index.ts';
import type { PointerSize } from '../../src/model/address.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import {
  linkWineHeaps,
  type WineHeapModel,
  type WineItem,
  type WineVersion,
  wineVersions,
  writeWineHeap,
} from '../synth/synth-wine-heap.ts';
import { walkHeaps, windowsMemory } from './walk-heaps.ts';

const heapAddress = 0x340000;
const secondSubheap = 0x8000000;
const layouts = wineVersions.flatMap((version) => [
  { version, pointerSize: 8 as PointerSize },
  { version, pointerSize: 4 as PointerSize },
]);

const used = (request: number, spareGranules = 0): WineItem => ({ kind: 'used', request, spareGranules });
const free = (granules: number): WineItem => ({ kind: 'free', granules });

function walkModel(model: WineHeapModel, damage: (image: MemoryImage) => void = () => {}) {
  const image = createMemoryImage();
  const expected = writeWineHeap(image, model);
  damage(image);
  const memory = windowsMemory(image, model.pointerSize);
  expect(ntHeap.findHeaps(memory)).toEqual([]);
  return { expected, ...walkHeaps(wineHeap, memory) };
}

type Version = { readonly version: WineVersion; readonly pointerSize: PointerSize };

const heapOf = (version: Version, items: readonly WineItem[], more: readonly WineItem[] = []): WineHeapModel => ({
  ...version,
  subheaps: [{ address: heapAddress, items }, ...(more.length > 0 ? [{ address: secondSubheap, items: more }] : [])],
});

describe.each(layouts)('a heap of Wine $version with pointers of $pointerSize bytes', (version) => {
  test('tells every block with its exact request', () => {
    const items = [used(48), used(65535), used(0), free(40), used(255, 1), used(4144)];
    const { heaps, blocks, damage, expected } = walkModel(heapOf(version, items));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps.map(({ name }) => name)).toEqual(['process heap']);
  });

  test('counts blocks whose freeing is pending as free', () => {
    const pending = { kind: 'pending', request: 5555 } as const;
    const { blocks, damage, expected } = walkModel(heapOf(version, [used(48), pending, used(49)]));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('walks every subheap and tells large blocks', () => {
    const largeBlocks = [
      { address: 0x20000000, request: 3_000_000 },
      { address: 0x10000000, request: 1_048_576 },
    ];
    const more = Array.from({ length: 40 }, () => used(5000));
    const model = { ...heapOf(version, [used(600)], more), largeBlocks };
    const { heaps, blocks, damage, expected } = walkModel(model);
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps[0]!.ranges).toHaveLength(4);
  });

  test('follows the ring of heaps into memory that is not searched', () => {
    const image = createMemoryImage();
    const other = 0x3000000;
    const items = [used(48), used(100)];
    const expected = [
      ...writeWineHeap(image, heapOf(version, items)),
      ...writeWineHeap(image, { ...version, flags: 0x1002, subheaps: [{ address: other, items }] }),
    ];
    linkWineHeaps(image, version.version, version.pointerSize, [heapAddress, other]);
    const memory = windowsMemory(image, version.pointerSize);
    const regions = memory.dump.regions.map((region) =>
      region.start === other ? { ...region, kind: 'stack' } : region,
    );
    const { heaps, blocks } = walkHeaps(wineHeap, {
      ...memory,
      dump: { ...memory.dump, regions } as typeof memory.dump,
    });
    expect(heaps.map(({ name }) => name)).toEqual(['process heap', 'heap 2']);
    expect(blocks).toEqual(expected);
  });

  test('walks whatever blocks there are', () => {
    const items = fc.array(itemOf(version), { maxLength: 80 });
    fc.assert(
      fc.property(items, items, (first, second) => {
        const { blocks, damage, expected } = walkModel(heapOf(version, first, second));
        expect(damage).toEqual([]);
        expect(blocks).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('goes on at the next subheap after an overwritten header', () => {
    const model = heapOf(version, [used(600), used(601), used(602)], [used(48)]);
    const broken = writeWineHeap(createMemoryImage(), model)[1]!.address;
    const { blocks, damage, expected } = walkModel(model, (image) => {
      for (let byte = 0; byte < 8; byte += 1) image.u8(broken + byte, 0x41);
    });
    expect(damage.map(({ address }) => address)).toEqual([broken]);
    expect(blocks).toEqual([expected[0], ...expected.slice(4)]);
  });

  test('tells what is captured of a subheap that the dump cuts off', () => {
    const items = Array.from({ length: 40 }, (_, index) => used(500 + index));
    const { blocks, damage, expected } = walkModel(heapOf(version, items), (image) =>
      image.decommit(heapAddress + 0x3000, heapAddress + 0x10000),
    );
    expect(blocks).toEqual(expected.filter(({ address }) => address < heapAddress + 0x3000));
    expect(damage).toHaveLength(1);
  });
});

test.each([4, 8] as const)(
  'low-fragmentation groups of Wine 9.0 are told block by block, pointers of %i',
  (pointerSize) => {
    const version = { version: '9.0', pointerSize } as const;
    const requests = [48, null, 40, 47, null, 48];
    const group = { kind: 'group', blockGranules: 64 / (2 * pointerSize), requests } as const;
    const { blocks, damage, expected } = walkModel(heapOf(version, [used(48), group, group, used(7)]));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(blocks.filter(({ live, request }) => live && request === 48)).toHaveLength(5);
  },
);

test('a subheap list that loops does not keep the walk from ending', () => {
  const { blocks, damage, expected } = walkModel(
    heapOf({ version: '8.0', pointerSize: 8 }, [used(48)], [used(49)]),
    (image) => image.pointer(8, secondSubheap + 0x20, secondSubheap + 0x20),
  );
  expect(blocks).toEqual(expected);
  expect(damage).toEqual([{ address: secondSubheap + 0x20, message: 'the list of subheaps is broken' }]);
});

test('a Wine process is told by its libraries in the core of a Linux process', () => {
  const image = createMemoryImage();
  const expected = writeWineHeap(image, heapOf({ version: '8.0', pointerSize: 8 }, [used(48)]));
  const memory = windowsMemory(image, 8);
  const linux = { ...memory, dump: { ...memory.dump, operatingSystem: 'linux' as const } };
  expect(walkHeaps(wineHeap, linux).heaps).toEqual([]);
  const modules = [{ start: 0x7f0000000000, end: 0x7f0000010000, path: '/usr/lib/wine/x86_64-unix/ntdll.so' }];
  const wine = { ...linux, dump: { ...linux.dump, modules } };
  expect(walkHeaps(wineHeap, wine).blocks).toEqual(expected);
});

test('random bytes in a heap neither throw nor loop', () => {
  const overwrite = fc.array(fc.tuple(fc.nat(0x2fff), fc.nat(0xff)), { maxLength: 200 });
  fc.assert(
    fc.property(overwrite, fc.constantFrom(...layouts), (bytes, version) => {
      const items = Array.from({ length: 20 }, (_, index) => used(10 * index));
      const { blocks } = walkModel(heapOf(version, items, [used(5)]), (image) => {
        for (const [offset, value] of bytes) image.u8(heapAddress + offset, value);
      });
      expect(blocks.length).toBeLessThan(10_000);
    }),
    { numRuns: 100 },
  );
});

test('requests that a stride serves', () => {
  const { dump: dump64 } = windowsMemory(createMemoryImage(), 8);
  const { dump: dump32 } = windowsMemory(createMemoryImage(), 4);
  expect(wineHeap.requestRange(65552, dump64)).toEqual({ min: 65529, max: 65544 });
  expect(wineHeap.requestRange(272, dump64)).toEqual({ min: 249, max: 264 });
  expect(wineHeap.requestRange(4160, dump64)).toEqual({ min: 4137, max: 4152 });
  expect(wineHeap.requestRange(48, dump64)).toEqual({ min: 0, max: 40 });
  // Also a size of the front end, which serves all that is larger than the size below it, 960.
  expect(wineHeap.requestRange(1024, dump64)).toEqual({ min: 985, max: 1016 });
  expect(wineHeap.requestRange(24, dump32)).toEqual({ min: 0, max: 16 });
  expect(wineHeap.requestRange(40, dump32)).toEqual({ min: 25, max: 32 });
  expect(wineHeap.requestRange(50, dump64)).toBeNull();
});

test('strides that the same requests get as well: room left over, and the front end of 9.0', () => {
  const { dump } = windowsMemory(createMemoryImage(), 8);
  expect(wineHeap.otherStrides(272, dump)).toEqual([288, 304]);
  expect(wineHeap.otherStrides(1040, dump)).toEqual([1056, 1072, 1088]);
  expect(wineHeap.otherStrides(65552, dump)).toEqual([65568, 65584]);
});

/** Any block of a version; spare room and groups within what its headers can say. */
function itemOf({ version, pointerSize }: Version): fc.Arbitrary<WineItem> {
  const block = (kind: 'used' | 'pending') =>
    fc.record({ kind: fc.constant(kind), request: fc.nat(70_000), spareGranules: fc.nat(2) });
  const freeBlock = fc.record({ kind: fc.constant('free' as const), granules: fc.integer({ min: 3, max: 100_000 }) });
  const small = fc.oneof({ weight: 6, arbitrary: block('used') }, block('pending'), freeBlock);
  if (version !== '9.0') return small;
  const group = fc.integer({ min: 3, max: 200 }).chain((blockGranules) =>
    fc.record({
      kind: fc.constant('group' as const),
      blockGranules: fc.constant(blockGranules),
      requests: fc.array(fc.option(fc.nat(blockGranules * 2 * pointerSize - 8)), { maxLength: 31 }),
    }),
  );
  return fc.oneof({ weight: 8, arbitrary: small }, group);
}
