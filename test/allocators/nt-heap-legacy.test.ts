import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntHeap } from '../../src/allocators/nt-heap/index.ts';
import type { PointerSize } from '../../src/model/address.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import { type LegacyBlock, type LegacyHeapModel, writeLegacyHeap } from '../synth/synth-legacy-nt-heap.ts';
import { walkHeaps, windowsMemory } from './walk-heaps.ts';

const heapAddress = 0x140000;
const secondSegment = 0x57b0000;
const records = 0x9000000;

const used = (bytes: number, unused: number): LegacyBlock => ({ bytes, unused, flags: 1 });
const free = (bytes: number): LegacyBlock => ({ bytes, unused: 0, flags: 0 });

function walkModel(model: LegacyHeapModel, damage: (image: MemoryImage) => void = () => {}) {
  const image = createMemoryImage();
  const expected = writeLegacyHeap(image, model);
  damage(image);
  return { expected, ...walkHeaps(ntHeap, windowsMemory(image, model.pointerSize)) };
}

/**
 * The service in Vostokov's article on Dump2Picture: `057b96e0: 01048 . 01048 [07] - busy (1030), tail fill` and so
 * on, after a block of 0x770 bytes at the end of the listing.
 */
test('the listed service: entries of 0x1048 bytes with tail fill are requests of 0x1030', () => {
  const listed = { bytes: 0x1048, unused: 0x18, flags: 0x07 };
  const before = [used(0x418, 0x18), ...Array.from({ length: 9 }, () => listed)];
  const items = [...before, ...Array.from({ length: 300 }, () => listed), { bytes: 0x770, unused: 0x1f, flags: 0x07 }];
  const { blocks, damage, expected } = walkModel({
    pointerSize: 4,
    segments: [
      { address: heapAddress, items: [used(0x1818, 0x18)] },
      { address: secondSegment, items },
    ],
    records,
  });
  expect(damage).toEqual([]);
  expect(blocks).toEqual(expected);
  const seen = blocks.filter(({ address }) => address >= 0x57b96e0);
  expect(seen[0]).toEqual({ address: 0x57b96e0, stride: 0x1048, live: true, request: 0x1030 });
  expect(seen.filter(({ stride, request }) => stride === 0x1048 && request === 0x1030)).toHaveLength(300);
  expect(seen.at(-1)).toMatchObject({ stride: 0x770, live: true, request: 0x770 - 0x1f });
});

describe.each([4, 8] as const)('a heap of Windows XP or 2003 with pointers of %i bytes', (pointerSize: PointerSize) => {
  const granule = 2 * pointerSize;

  test('walks all segments, over uncommitted ranges, and tells large blocks', () => {
    const toPage = (done: number) => 0x1000 - (done % 0x1000);
    const headers = pointerSize === 4 ? 0x680 : 0xb70;
    const first = [used(0x400, 8), free(toPage(headers + 0x400)), 5, used(0x1000, 12), 100];
    const second = [used(0x100, granule), free(0x80), used(0x60, granule + 3)];
    const { heaps, blocks, damage, expected } = walkModel({
      pointerSize,
      segments: [
        { address: heapAddress, items: first },
        { address: secondSegment, items: second },
      ],
      largeBlocks: [{ address: 0x6000000, request: 600_000 }],
      records,
    });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toHaveLength(1);
    expect(heaps[0]!.ranges).toHaveLength(3);
  });

  test('walks whatever blocks there are', () => {
    const block = fc.record({
      bytes: fc.integer({ min: 2, max: 9000 }).map((units) => units * granule),
      unused: fc.integer({ min: 8, max: 31 }),
      flags: fc.constantFrom(0, 1, 1, 1, 7),
    });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 80 }), (items) => {
        const { blocks, damage, expected } = walkModel({
          pointerSize,
          segments: [{ address: heapAddress, items }],
          records,
        });
        expect(damage).toEqual([]);
        expect(blocks.map(({ address, stride, live }) => ({ address, stride, live }))).toEqual(
          expected.map(({ address, stride, live }) => ({ address, stride, live })),
        );
      }),
    );
  });

  test('goes on at the next segment after an overwritten header', () => {
    const items = Array.from({ length: 6 }, () => used(0x200, 8));
    const overwritten = heapAddress + (pointerSize === 4 ? 0x680 : 0xb70) + 2 * 0x200;
    const { blocks, damage, expected } = walkModel(
      {
        pointerSize,
        segments: [
          { address: heapAddress, items },
          { address: secondSegment, items },
        ],
        records,
      },
      (image) => {
        for (let byte = 0; byte < granule; byte += 1) image.u8(overwritten + byte, 0x41);
      },
    );
    expect(damage.map(({ address }) => address)).toEqual([overwritten]);
    expect(blocks).toEqual(expected.filter(({ address }) => address < overwritten || address >= secondSegment));
  });
});

test('blocks on look-aside lists are free, though their headers say busy', () => {
  const items = Array.from({ length: 5 }, () => used(0x20, 8));
  const { blocks, expected } = walkModel(
    { pointerSize: 4, segments: [{ address: heapAddress, items }], records },
    (image) => {
      const [second, fourth] = [heapAddress + 0x680 + 0x20, heapAddress + 0x680 + 3 * 0x20];
      const lists = 0x8000000;
      image.commit(lists, lists + 128 * 0x30);
      image.pointer(4, heapAddress + 0x580, lists);
      image.u8(heapAddress + 0x586, 1);
      image.pointer(4, lists + 4 * 0x30, fourth + 8);
      image.pointer(4, fourth + 8, second + 8);
    },
  );
  const isCached = (index: number) => index === 3 || index === 5;
  expect(blocks).toEqual(
    expected.map((block, index) => (isCached(index) ? { ...block, live: false, request: -1 } : block)),
  );
});
