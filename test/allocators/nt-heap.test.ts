import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntHeap } from '../../src/allocators/nt-heap/index.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import { type NtVariant, ntGranule, ntVariants } from '../synth/nt-heap-facts.ts';
import { type NtHeapModel, type NtItem, writeNtHeap } from '../synth/synth-nt-heap.ts';
import { walkHeaps, windowsMemory } from './walk-heaps.ts';

const heapAddress = 0x1f0000;
const secondSegment = 0x4000000;
const records = 0x7000000;
const encoding = [0x96fdb86a, 0xe1c2] as const;

const pointerSizeOf = (variant: NtVariant) => (variant.endsWith('x64') ? 8 : 4);

function walkModel(model: NtHeapModel, damage: (image: MemoryImage) => void = () => {}) {
  const image = createMemoryImage();
  const expected = writeNtHeap(image, model);
  damage(image);
  return { expected, ...walkHeaps(ntHeap, windowsMemory(image, pointerSizeOf(model.variant))) };
}

const heapOf = (variant: NtVariant, items: readonly NtItem[], more: readonly NtItem[] = []): NtHeapModel => ({
  variant,
  encoding,
  segments: [{ address: heapAddress, items }, ...(more.length > 0 ? [{ address: secondSegment, items: more }] : [])],
  records,
});

const busy = (request: number, spareGranules = 0): NtItem => ({ kind: 'busy', request, spareGranules });

describe.each(ntVariants)('an NT heap of %s', (variant) => {
  test('tells every block with its exact request, the header blocks without one', () => {
    const items = [busy(1024), busy(0), busy(24), { kind: 'free', granules: 9 } as const, busy(100, 1)];
    const { heaps, blocks, damage, expected } = walkModel(heapOf(variant, items));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps.map(({ address, name }) => ({ address, name }))).toEqual([{ address: heapAddress, name: 'heap 3' }]);
  });

  test('reads counts of unused bytes that do not fit in the header', () => {
    const { blocks, expected } = walkModel(heapOf(variant, [busy(1000, 20), busy(7, 30)]));
    expect(blocks).toEqual(expected);
    expect(blocks.slice(1, 3).map(({ request }) => request)).toEqual([1000, 7]);
  });

  test('reads a heap whose headers are not encoded', () => {
    const { blocks, expected } = walkModel({ ...heapOf(variant, [busy(48), busy(49)]), encoding: null });
    expect(blocks).toEqual(expected);
  });

  test('steps over uncommitted ranges and walks every segment', () => {
    const items: NtItem[] = [busy(600), { kind: 'uncommitted', pages: 3 }, busy(700)];
    const more: NtItem[] = [busy(800), { kind: 'uncommitted', pages: 1 }, busy(9), { kind: 'uncommitted', pages: 20 }];
    const { heaps, blocks, damage, expected } = walkModel(heapOf(variant, items, more));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps[0]!.ranges.map(({ start }) => start)).toEqual([heapAddress, secondSegment]);
  });

  test('counts the blocks of a low-fragmentation container, not the container', () => {
    const requests = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? null : 20 + (index % 5)));
    const container = { kind: 'container', blockGranules: 8, requests, subsegment: 'described' } as const;
    const { blocks, damage, expected } = walkModel(heapOf(variant, [busy(48), container, busy(50)]));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('tells large blocks with their exact request', () => {
    const largeBlocks = [
      { address: 0x5000000, request: 1_100_000 },
      { address: 0x6000000, request: 2 ** 21 },
    ];
    const { heaps, blocks, expected } = walkModel({ ...heapOf(variant, [busy(48)]), largeBlocks });
    expect(blocks).toEqual(expected);
    expect(heaps[0]!.ranges).toHaveLength(3);
  });

  test('walks whatever blocks there are', () => {
    const granule = ntGranule(variant);
    const item: fc.Arbitrary<NtItem> = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('busy' as const),
          request: fc.nat(40_000),
          spareGranules: fc.nat(20),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('free' as const), granules: fc.integer({ min: 2, max: 3000 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('uncommitted' as const), pages: fc.integer({ min: 1, max: 30 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 2, max: 40 }).chain((blockGranules) =>
          fc.record({
            kind: fc.constant('container' as const),
            blockGranules: fc.constant(blockGranules),
            requests: fc.array(fc.option(fc.nat((blockGranules - 1) * granule)), { minLength: 1, maxLength: 140 }),
            subsegment: fc.constant('described' as const),
          }),
        ),
      },
    );
    const items = fc.array(item, { maxLength: 60 });
    fc.assert(
      fc.property(items, items, fc.nat(0xffffffff), fc.nat(0xffff), (first, second, low, high) => {
        const { blocks, damage, expected } = walkModel({ ...heapOf(variant, first, second), encoding: [low, high] });
        expect(damage).toEqual([]);
        expect(blocks).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('goes on at the next segment after an overwritten header', () => {
    const { blocks, damage, expected } = walkModel(
      heapOf(variant, [busy(600), busy(601), busy(602)], [busy(48)]),
      (image) => {
        const broken = expectedAddress(variant, 2);
        for (let byte = 0; byte < ntGranule(variant); byte += 1) image.u8(broken + byte, 0x41 + byte);
      },
    );
    expect(damage.map(({ address }) => address)).toEqual([expectedAddress(variant, 2)]);
    expect(blocks).toEqual([...expected.slice(0, 2), ...expected.slice(5)]);
  });

  test('goes on behind the next uncommitted range after an overwritten header', () => {
    const items: NtItem[] = [busy(600), busy(601), { kind: 'uncommitted', pages: 2 }, busy(602)];
    const { blocks, damage } = walkModel(heapOf(variant, items), (image) => {
      for (let byte = 0; byte < 8; byte += 1) image.xor8(expectedAddress(variant, 1) + byte, 0x55 + 7 * byte);
      for (let byte = 8; byte < 16; byte += 1) image.xor8(expectedAddress(variant, 1) + byte, 0x55 + 7 * byte);
    });
    expect(damage).toHaveLength(1);
    expect(blocks.map(({ request }) => request)).toContain(602);
    expect(blocks.map(({ request }) => request)).not.toContain(601);
  });

  test('tells what is captured of a segment that the dump cuts off', () => {
    const items = Array.from({ length: 40 }, (_, index) => busy(500 + index));
    const { blocks, damage, expected } = walkModel(heapOf(variant, items), (image) =>
      image.decommit(heapAddress + 0x3000, heapAddress + 0x10000),
    );
    const told = expected.filter(({ address }) => address < heapAddress + 0x3000 - ntGranule(variant));
    expect(blocks).toEqual(told);
    expect(damage).toHaveLength(1);
  });

  /** Address of the block at `index` among blocks of 600 and 601 bytes, the heap's header being number 0. */
  function expectedAddress(of: NtVariant, index: number): number {
    return writeNtHeap(createMemoryImage(), heapOf(of, [busy(600), busy(601), busy(602)]))[index]!.address;
  }
});

describe.each(['win8-x86', 'win8-x64'] as const)('an NT heap of %s', (variant) => {
  test('steps over decommitted pages inside a free block', () => {
    const free = { kind: 'free', granules: 0x5000 / ntGranule(variant), hole: true } as const;
    const { blocks, damage, expected } = walkModel(heapOf(variant, [busy(48), free, busy(49)]));
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('finds the blocks of a container whose description is not captured', () => {
    const requests = Array.from({ length: 31 }, (_, index) => (index % 2 === 0 ? null : 1000));
    const blockGranules = 1040 / ntGranule(variant);
    const container = { kind: 'container', blockGranules, requests, subsegment: 'lost' } as const;
    const { blocks, expected } = walkModel(heapOf(variant, [container]));
    expect(blocks).toEqual(expected);
  });
});

test.each(['vista-x86', 'vista-x64'] as const)(
  'a container of %s that waits to be used again is one block that nobody asked for',
  (variant) => {
    const container = { kind: 'container', blockGranules: 8, requests: [1, 2, 3], subsegment: 'lost' } as const;
    const { blocks, expected } = walkModel(heapOf(variant, [container, busy(48)]));
    const [header, first] = expected;
    const start = header!.address + header!.stride;
    expect(blocks[1]).toEqual({ address: start, stride: blocks[1]!.stride, live: true, request: -1 });
    expect(blocks[1]!.address).toBeLessThan(first!.address);
    expect(blocks.slice(2)).toEqual(expected.slice(4));
  },
);

test('the committed end of a segment whose list of ranges is lost is no damage', () => {
  const model = heapOf('win8-x64', [busy(48), { kind: 'uncommitted', pages: 20 }]);
  const { blocks, damage, expected } = walkModel(model, (image) => {
    image.pointer(8, heapAddress + 0x60, 0);
    image.pointer(8, heapAddress + 0x68, 0);
  });
  expect(damage).toEqual([]);
  expect(blocks).toEqual(expected);
});

test('a large block whose header is overwritten counts, without a request', () => {
  const largeBlocks = [{ address: 0x5000000, request: 1_100_000 }];
  const { blocks, damage, expected } = walkModel({ ...heapOf('win8-x64', [busy(48)]), largeBlocks }, (image) =>
    image.xor8(0x5000000 + 0x38, 0xff),
  );
  expect(damage).toEqual([{ address: 0x5000030, message: 'the header of a large block is overwritten' }]);
  expect(blocks.at(-1)).toEqual({ ...expected.at(-1), request: -1 });
});

test('a list of segments that loops does not keep the walk from ending', () => {
  const { blocks, damage, expected } = walkModel(heapOf('win8-x64', [busy(48)], [busy(49)]), (image) => {
    image.pointer(8, secondSegment + 0x18, secondSegment + 0x18);
  });
  expect(blocks).toEqual(expected);
  expect(damage).toEqual([{ address: secondSegment + 0x18, message: 'the list of segments is broken' }]);
});

test('the process heap is told by the environment block', () => {
  const image = createMemoryImage();
  writeNtHeap(image, heapOf('win8-x64', [busy(48)]));
  image.commit(0x2000, 0x4000);
  image.pointer(8, 0x2000 + 0x60, 0x3000);
  image.pointer(8, 0x3000 + 0x30, heapAddress);
  const threads = [{ id: 1, stackPointer: undefined, environmentBlock: 0x2000 }];
  const { heaps } = walkHeaps(ntHeap, windowsMemory(image, 8, threads));
  expect(heaps.map(({ name }) => name)).toEqual(['process heap']);
});

test('a 32-bit heap is found in a 64-bit dump', () => {
  const image = createMemoryImage();
  const expected = writeNtHeap(image, heapOf('win8-x86', [busy(48), busy(100)]));
  expect(walkHeaps(ntHeap, windowsMemory(image, 8)).blocks).toEqual(expected);
});

test('a segment heap is not taken for an NT heap', () => {
  const image = createMemoryImage();
  image.commit(heapAddress, heapAddress + 0x1000);
  image.u32(heapAddress + 0x10, 0xddeeddee);
  expect(walkHeaps(ntHeap, windowsMemory(image, 8)).heaps).toEqual([]);
});

test('long walks give way now and then', () => {
  const items = Array.from({ length: 10_000 }, () => busy(48));
  expect(walkModel(heapOf('win8-x64', items)).yields).toBe(2);
});

test('random bytes in a heap neither throw nor loop', () => {
  const overwrite = fc.array(fc.tuple(fc.nat(0x1fff), fc.nat(0xff)), { maxLength: 200 });
  fc.assert(
    fc.property(overwrite, fc.constantFrom(...ntVariants), (bytes, variant) => {
      const items = Array.from({ length: 20 }, (_, index) => busy(10 * index));
      const { blocks } = walkModel(heapOf(variant, items, [busy(5)]), (image) => {
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
  expect(ntHeap.requestRange(1040, dump64)).toEqual({ min: 1017, max: 1032 });
  expect(ntHeap.requestRange(32, dump64)).toEqual({ min: 0, max: 24 });
  expect(ntHeap.requestRange(1040, dump32)).toEqual({ min: 1025, max: 1032 });
  expect(ntHeap.requestRange(16, dump32)).toEqual({ min: 0, max: 8 });
  expect(ntHeap.requestRange(1048, dump64)).toBeNull();
  expect(ntHeap.headerBytes(dump64)).toBe(16);
  expect(ntHeap.otherStrides(1040, dump64)).toEqual([1056]);
});
