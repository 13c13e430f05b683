import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import type { FakeRegion } from '../synth/fake-memory.ts';
import { factsOf, glibcFacts } from '../synth/glibc-facts.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import { type ChunkModel, placesOf, writeGlibcHeaps } from '../synth/synth-glibc-heap.ts';
import { damageArbitrary } from './damage-image.ts';
import { chunkOf, glibcMemory, someOfEach, walkModel, withCache } from './glibc-memory.ts';
import { walkHeaps } from './walk-heaps.ts';

const facts = factsOf('2.36 on x64');
const places = placesOf(facts);

/** A hundred chunks that are told apart by size. */
const ladder: ChunkModel[] = Array.from({ length: 100 }, (_, index) => {
  return chunkOf(facts, index, index % 7 === 3 ? 'binned' : 'live');
});

describe('a damaged glibc heap', () => {
  test.each([0, 0x18, 0x41414141, 0x7fff_ffff_fff1, 0x33])('goes on after a size field of %i', (size) => {
    const { expected } = walkModel(facts, { main: [ladder] });
    const broken = expected[50]!;
    const change = (image: { pointer(size: 8, address: number, value: number): void }) => {
      image.pointer(8, broken.address + 8, size);
    };
    const { blocks, damage } = walkModel(facts, { main: [ladder] }, { change });
    expect(damage.map(({ address }) => address)).toEqual([broken.address]);
    expect(blocks).toEqual(expected.filter((block) => block !== broken));
  });

  test('tells of a chunk that reaches beyond the top, and the top itself', () => {
    const { expected } = walkModel(facts, { main: [ladder] });
    const last = expected.at(-2)!;
    const change = (image: { pointer(size: 8, address: number, value: number): void }) => {
      image.pointer(8, last.address + 8, (last.stride + 64) | 1);
    };
    const { blocks, damage } = walkModel(facts, { main: [ladder] }, { change });
    expect(damage).toMatchObject([{ address: last.address, message: expect.stringContaining('beyond the top') }]);
    expect(blocks).toEqual(expected.filter((block) => block !== last));
  });

  test('is found with a top chunk that was overwritten', () => {
    const { expected } = walkModel(facts, { main: [ladder] });
    const top = expected.at(-1)!;
    const change = (image: { pointer(size: 8, address: number, value: number): void }) => {
      image.pointer(8, top.address + 8, 0x41414141);
    };
    const { blocks, damage } = walkModel(facts, { main: [ladder] }, { change });
    expect(damage).toMatchObject([{ address: top.address, message: expect.stringContaining('top chunk') }]);
    expect(blocks).toEqual(expected);
  });

  test('in pieces is found with a top chunk that was overwritten', () => {
    const model = { main: [ladder, ladder] };
    const { expected } = walkModel(facts, model);
    const top = expected.at(-1)!;
    const change = (image: { pointer(size: 8, address: number, value: number): void }) => {
      image.pointer(8, top.address + 8, 0x41414141);
    };
    const { blocks } = walkModel(facts, model, { change });
    expect(blocks).toEqual(expected.slice(0, -1));
  });

  test('resumes after pages that were not captured', () => {
    const hole = places.heap + 0x8000;
    const { expected } = walkModel(facts, { main: [ladder] });
    const change = (image: { decommit(start: number, end: number): void }) => image.decommit(hole, hole + 0x2000);
    const { blocks, damage } = walkModel(facts, { main: [ladder] }, { change });
    expect(damage.length).toBe(1);
    expect(expected).toEqual(expect.arrayContaining(blocks));
    const lost = expected.filter(({ address }) => !blocks.some((block) => block.address === address));
    expect(lost.every(({ address, stride }) => address + stride > hole - 16 && address < hole + 0x2000)).toBe(true);
  });

  test('is found without libc’s data, as in a core that was cut off', () => {
    const regions = (all: FakeRegion[]) => all.filter(({ start }) => start < places.threads);
    const { blocks, expected, damage, heaps } = walkModel(facts, { main: [ladder] }, { regions });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([{ name: 'main arena', address: places.heap }]);
  });

  test('is looked for at the starts of the lowest 65,536 regions, where it has no arena', () => {
    for (const [count, found] of [
      [65_535, 1],
      [65_536, 0],
    ] as const) {
      const others = Array.from({ length: count }, (_, index) => ({ start: 4096 * index, bytes: new Uint8Array(16) }));
      const regions = (all: FakeRegion[]) => [...others, ...all.filter(({ start }) => start < places.threads)];
      expect(walkModel(facts, { main: [ladder] }, { regions }).heaps).toHaveLength(found);
    }
  });

  test('is walked to where the capture ends', () => {
    const end = places.heap + 0x9000;
    const regions = (all: FakeRegion[]) => {
      const heap = all.find(({ start }) => start === places.heap)!;
      return [{ ...heap, bytes: heap.bytes.subarray(0, end - heap.start) }];
    };
    const { blocks, expected, damage } = walkModel(facts, { main: [ladder] }, { regions });
    const inCapture = expected.filter(({ address }) => address + 16 <= end);
    expect(blocks.map(({ address }) => address)).toEqual(inCapture.map(({ address }) => address));
    // Whether the last one is live stands behind it.
    expect(blocks.slice(0, -1)).toEqual(inCapture.slice(0, -1));
    expect(damage).toMatchObject([{ message: 'a chunk header was not captured' }]);
  });

  test('cannot lead lists round in a ring', () => {
    const chunks = Array.from({ length: 40 }, (_, index) => chunkOf(facts, 1, index % 2 === 0 ? 'fastbin' : 'live'));
    const { expected } = walkModel(facts, { main: [chunks] });
    const cached = expected.filter(({ live }) => !live).slice(0, -1);
    const change = (image: { pointer(size: 8, address: number, value: number): void }) => {
      const from = cached[12]!.address + 16;
      image.pointer(8, from, Number(BigInt(cached[3]!.address) ^ (BigInt(from) >> 12n)));
    };
    const { blocks } = walkModel(facts, { main: [chunks] }, { change });
    const free = blocks.filter(({ live }) => !live).map(({ address }) => address);
    expect(free.slice(0, 13)).toEqual(cached.slice(0, 13).map(({ address }) => address));
  });

  test('passes over memory that somebody else got from sbrk', () => {
    const { expected } = walkModel(facts, { main: [ladder] });
    const from = expected[30]!;
    const others = expected.slice(30, 36);
    const change = (image: {
      pointer(size: 8, address: number, value: number): void;
      u8(a: number, v: number): void;
    }) => {
      image.pointer(8, from.address + 8, 0x11);
      image.pointer(8, from.address + 24, 0x11);
      const end = others.at(-1)!.address + others.at(-1)!.stride;
      for (let at = from.address + 32; at < end; at += 1) image.u8(at, 0x41);
    };
    const { blocks, damage } = walkModel(
      facts,
      { main: [ladder.map((chunk) => ({ ...chunk, use: 'live' }))] },
      { change },
    );
    expect(damage).toEqual([]);
    expect(blocks.map(({ address }) => address)).toEqual(
      expected.filter((block) => !others.includes(block)).map(({ address }) => address),
    );
  });

  test.each(glibcFacts.map((each) => ({ each, name: each.name })))('ends whatever its bytes are: $name', ({ each }) => {
    const chunks = someOfEach(each);
    const model = { main: [withCache(each, chunks), chunks], threads: [[chunks]], mmapped: [0x21000, 0x22000] };
    const check = (changes: readonly (readonly [number, number])[]) => {
      const image = createMemoryImage();
      writeGlibcHeaps(image, each, model);
      const memory = glibcMemory(image, each, { regions: (all) => damaged(all, changes) });
      const { blocks } = walkHeaps(glibcMalloc, memory);
      expect(blocks.length).toBeLessThan(5000);
      expect(blocks.every(({ stride }) => stride > 0)).toBe(true);
    };
    fc.assert(fc.property(damageArbitrary, check), { numRuns: 30 });
  });
});

/** The regions with some bytes that are not zero changed. */
function damaged(regions: FakeRegion[], changes: readonly (readonly [number, number])[]): FakeRegion[] {
  const written: { bytes: Uint8Array; index: number }[] = [];
  for (const { bytes } of regions) {
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) written.push({ bytes, index });
  }
  for (const [which, value] of changes) {
    const { bytes, index } = written[which % written.length]!;
    bytes[index] = value;
  }
  return regions;
}
