import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { muslMalloc } from '../../src/allocators/musl-malloc/index.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  contextAt,
  type GroupModel,
  heapStart,
  type MuslModel,
  type SlotModel,
  slotUnits,
  writeMuslHeap,
} from '../synth/synth-musl-heap.ts';
import { damageArbitrary, linuxMemory, randomRegionArbitrary, walkDamaged } from './damage-image.ts';
import { walkHeaps } from './walk-heaps.ts';

const isLibrary = ({ start }: FakeRegion): boolean => start <= contextAt && contextAt - start < 4096;

function walkModel(model: MuslModel) {
  const image = createMemoryImage();
  const expected = writeMuslHeap(image, model);
  return { expected, ...walkHeaps(muslMalloc, linuxMemory(image, isLibrary)) };
}

const object = (request: number, shift = 0): SlotModel => ({ request, shift });
const group = (sizeClass: number, ...slots: SlotModel[]): GroupModel => ({ sizeClass, slots });

const sizeClasses = Object.keys(slotUnits).map(Number);
const slotArbitrary = (sizeClass: number): fc.Arbitrary<SlotModel> => {
  const room = slotUnits[sizeClass]! * 16 - 4;
  const live = fc.nat(room).chain((request) =>
    // A shift is kept in 16 bits, and there must be room for it.
    fc.nat(Math.floor((room - request) / 16)).map((shift): SlotModel => ({ request, shift })),
  );
  return fc.oneof(fc.constant<SlotModel>('free'), { weight: 3, arbitrary: live });
};
const groupArbitrary = fc
  .constantFrom(...sizeClasses)
  .chain((sizeClass) =>
    fc
      .array(slotArbitrary(sizeClass), { minLength: 2, maxLength: 32 })
      .map((slots): GroupModel => ({ sizeClass, slots })),
  );
const nestingArbitrary = fc
  .tuple(fc.array(slotArbitrary(2), { minLength: 2, maxLength: 9 }), fc.array(slotArbitrary(31), { maxLength: 3 }))
  .map(([inner, outer]) => group(31, ...outer, group(2, ...inner), 'free'));
const modelArbitrary = fc.record({
  groups: fc.array(fc.oneof({ weight: 3, arbitrary: groupArbitrary }, nestingArbitrary), {
    minLength: 1,
    maxLength: 8,
  }),
  mapped: fc.array(fc.record({ request: fc.integer({ min: 131052, max: 300000 }), shift: fc.nat(200) }), {
    maxLength: 2,
  }),
  withPageSize: fc.boolean(),
});

describe('musl malloc', () => {
  test('tells blocks with what was asked for, and free slots', () => {
    const groups = [group(6, object(100), 'free', object(108), object(93, 0), object(0))];
    const { heaps, blocks, damage, expected } = walkModel({ groups });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([{ address: contextAt, ranges: [{ start: heapStart, end: heapStart + 4096 }] }]);
  });

  test('tells a block where musl put it in its slot', () => {
    const { blocks } = walkModel({ groups: [group(6, object(20, 3), object(50, 1))] });
    expect(blocks.map(({ address, request }) => [address - heapStart, request])).toEqual([
      [16 + 48 - 4, 20],
      [16 + 112 + 16 - 4, 50],
    ]);
  });

  test('tells a group that stands in a slot as its blocks', () => {
    const { blocks, expected } = walkModel({ groups: [group(31, object(8000), group(2, object(40), 'free'), 'free')] });
    expect(blocks).toEqual(expected);
    expect(blocks.map(({ stride }) => stride)).toEqual([8176, 48, 48, 8176]);
  });

  test('tells what has a mapping of its own with the whole mapping', () => {
    const { blocks } = walkModel({ groups: [group(6, object(100), 'free')], mapped: [{ request: 200000, shift: 2 }] });
    expect(blocks.at(-1)).toMatchObject({ stride: 200704, live: true, request: 200000 });
  });

  test('follows the areas when there are more groups than one can describe', () => {
    const groups = Array.from({ length: 250 }, () => group(8, object(140), 'free'));
    const { blocks, expected } = walkModel({ groups });
    expect(blocks).toEqual(expected);
  });

  test('reports a group that does not point back at its record, and goes on', () => {
    const image = createMemoryImage();
    const expected = writeMuslHeap(image, { groups: [group(6, object(100), 'free'), group(8, object(140), 'free')] });
    image.xor8(heapStart, 64);
    const { blocks, damage } = walkHeaps(muslMalloc, linuxMemory(image, isLibrary));
    expect(damage).toMatchObject([{ address: heapStart }]);
    expect(blocks).toEqual(expected.slice(2));
  });

  test('tells just what any model holds', () => {
    fc.assert(
      fc.property(modelArbitrary, (model) => {
        const { blocks, damage, expected } = walkModel(model);
        expect({ blocks, damage }).toEqual({ blocks: expected, damage: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('ends without throwing whatever is damaged', () => {
    fc.assert(
      fc.property(modelArbitrary, damageArbitrary, (model, changes) => {
        const image = createMemoryImage();
        writeMuslHeap(image, model);
        expect(walkDamaged(muslMalloc, image, changes).blocks.length).toBeLessThan(1e6);
      }),
      { numRuns: 60 },
    );
  });

  test('finds nothing when the secret does not match', () => {
    const image = createMemoryImage();
    writeMuslHeap(image, { groups: [group(6, object(100), 'free')] });
    image.xor8(contextAt, 1);
    expect(muslMalloc.findHeaps(linuxMemory(image, isLibrary))).toEqual([]);
  });

  test('finds nothing in random bytes', () => {
    fc.assert(fc.property(randomRegionArbitrary, (region) => muslMalloc.findHeaps(fakeMemory([region])).length === 0));
  });

  test.each([
    [16, { min: 0, max: 12 }],
    [48, { min: 29, max: 44 }],
    [112, { min: 93, max: 108 }],
    [240, { min: 189, max: 236 }],
    [131056, { min: 104829, max: 131052 }],
    [200704, { min: 196589, max: 200684 }],
    [100, null],
    [0, null],
  ])('blocks of %d bytes come from requests of %o', (stride, range) => {
    expect(muslMalloc.requestRange(stride, linuxMemory(createMemoryImage()).dump)).toEqual(range);
  });
});
