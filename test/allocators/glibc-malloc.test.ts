import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { factsOf, type GlibcFacts, glibcFacts } from '../synth/glibc-facts.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import {
  type ChunkModel,
  type ChunkUse,
  type GlibcModel,
  placesOf,
  writeGlibcHeaps,
} from '../synth/synth-glibc-heap.ts';
import { randomRegionArbitrary } from './damage-image.ts';
import { chunkOf, glibcMemory, possibleUse, someOfEach, walkModel, withCache } from './glibc-memory.ts';
import { walkHeaps } from './walk-heaps.ts';

/** Chunks as a program leaves them: no two binned neighbours, fastbins and caches for small ones only. */
function chunksArbitrary(facts: GlibcFacts) {
  const use = fc.constantFrom<ChunkUse>('live', 'live', 'binned', 'fastbin', 'cached');
  const fastbinUnits = Math.floor((6 * facts.pointerSize) / facts.alignment);
  return fc.array(fc.tuple(fc.oneof(fc.nat(60), fc.nat(2000)), use), { maxLength: 80 }).map((pairs) => {
    const chunks: ChunkModel[] = [];
    for (const [units, wanted] of pairs) {
      const isFit = wanted === 'fastbin' ? units <= fastbinUnits : wanted !== 'cached' || units < 64;
      const isNeighbour = wanted === 'binned' && chunks.at(-1)?.use === 'binned';
      chunks.push(chunkOf(facts, units, isFit && !isNeighbour ? possibleUse(facts, wanted) : 'live'));
    }
    return chunks;
  });
}

describe.each(glibcFacts.map((facts) => ({ facts, name: facts.name })))('glibc malloc $name', ({ facts }) => {
  const chunks = someOfEach(facts);
  const { heap, arena } = placesOf(facts);

  test('tells every chunk of a heap, cached ones as free', () => {
    const { blocks, expected, damage, heaps } = walkModel(facts, { main: [withCache(facts, chunks)] });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps).toMatchObject([{ name: 'main arena', address: arena }]);
    expect(heaps[0]!.ranges[0]!.start - heap).toBeLessThan(facts.alignment);
  });

  test('finds thread arenas, with heaps that are full, and mmapped chunks', () => {
    const { blocks, expected, damage, heaps } = walkModel(facts, {
      main: [withCache(facts, chunks)],
      threads: [[chunks], [chunks, chunks]],
      mmapped: [0x31000, 0x32000, 0x21000],
    });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
    expect(heaps.map(({ name }) => name)).toEqual(['main arena', 'thread arena 1', 'thread arena 2', 'mmapped chunks']);
    expect(heaps.map(({ ranges }) => ranges.length)).toEqual([1, 1, 2, 3]);
  });

  test('walks the pieces of a heap that sbrk could not extend', () => {
    const { blocks, expected, damage } = walkModel(facts, { main: [withCache(facts, chunks), chunks, chunks] });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('starts where the program began to use sbrk, not where the mapping starts', () => {
    const { blocks, expected, damage } = walkModel(facts, { main: [withCache(facts, chunks)], before: 0x6c0 });
    expect(damage).toEqual([]);
    expect(blocks).toEqual(expected);
  });

  test('finds thread arenas without the main arena', () => {
    const own = chunks.filter(({ use }) => use !== 'cached');
    const { threads, pieces } = placesOf(facts);
    const inThreads = ({ start }: { start: number }) => start >= threads && start < pieces;
    const { blocks, expected, damage, heaps } = walkModel(
      facts,
      { main: [withCache(facts, [])], threads: [[own]] },
      { regions: (regions) => regions.filter(inThreads) },
    );
    expect(damage).toEqual([]);
    expect(heaps.map(({ name }) => name)).toEqual(['thread arena 1']);
    expect(blocks).toEqual(expected.filter(({ address }) => inThreads({ start: address })));
  });

  test('agrees with the model on any heaps', () => {
    const modelArbitrary = fc.record({
      main: fc.array(chunksArbitrary(facts), { minLength: 1, maxLength: 3 }),
      threads: fc.array(fc.array(chunksArbitrary(facts), { minLength: 1, maxLength: 1 }), { maxLength: 2 }),
      mmapped: fc.array(
        fc.integer({ min: 33, max: 60 }).map((pages) => pages * 4096),
        { maxLength: 4 },
      ),
      before: fc.constantFrom(0, 16, 0x7f8),
    });
    const check = ({ main, ...rest }: GlibcModel) => {
      const model = { main: [withCache(facts, main[0]!), ...main.slice(1)], ...rest };
      const { blocks, expected, damage } = walkModel(facts, model);
      expect(damage).toEqual([]);
      expect(blocks).toEqual(expected);
    };
    fc.assert(fc.property(modelArbitrary, check), { numRuns: 25 });
  });
});

describe('glibc malloc', () => {
  const facts = factsOf('2.36 on x64');
  const { mmapped, threads } = placesOf(facts);
  const chunks = someOfEach(facts);

  test('knows no request that its heaps keep', () => {
    const { blocks } = walkHeaps(glibcMalloc, modelMemory({ main: [withCache(facts, chunks)] }));
    expect(blocks.every(({ request }) => request === -1)).toBe(true);
  });

  function modelMemory(model: GlibcModel) {
    const image = createMemoryImage();
    writeGlibcHeaps(image, facts, model);
    return glibcMemory(image, facts);
  }

  test('gives way while it walks', () => {
    const many = Array.from({ length: 30_000 }, () => chunkOf(facts, 0, 'live'));
    expect(walkHeaps(glibcMalloc, modelMemory({ main: [many] })).yields).toBeGreaterThan(2);
  });

  test('finds a static program’s arena in memory without a name', () => {
    const regions = (all: FakeRegion[]) =>
      all.map(({ start, bytes }): FakeRegion => ({ start, bytes, kind: 'unknown' }));
    const { blocks, expected } = walkModel(facts, { main: [withCache(facts, chunks)] }, { regions });
    expect(blocks).toEqual(expected);
  });

  test('keeps the main arena when a thread’s was not captured', () => {
    const regions = (all: FakeRegion[]) => all.filter(({ start }) => start !== threads);
    const { blocks, expected } = walkModel(
      facts,
      { main: [withCache(facts, chunks)], threads: [[chunks]] },
      { regions },
    );
    expect(blocks).toEqual(expected.filter(({ address }) => address < threads));
  });

  test('finds mmapped chunks behind other memory, as many as glibc counts', () => {
    const other = 0x3000;
    const { blocks, expected } = walkModel(
      facts,
      { main: [withCache(facts, chunks)], mmapped: [0x31000, 0x22000] },
      { change: (image) => image.commit(mmapped - other, mmapped) },
    );
    expect(blocks).toEqual(expected);
  });

  test('takes no mapping for an mmapped chunk when glibc counts none', () => {
    const { heaps } = walkModel(
      facts,
      { main: [withCache(facts, chunks)] },
      {
        change: (image) => {
          image.commit(mmapped, mmapped + 0x31000);
          image.u32(mmapped + 8, 0x31002);
        },
      },
    );
    expect(heaps.map(({ name }) => name)).toEqual(['main arena']);
  });

  test('tells the moved header of an aligned mmapped chunk', () => {
    const moved = 0x3ff0;
    const { blocks } = walkModel(
      facts,
      { main: [withCache(facts, chunks)], mmapped: [0x31000] },
      {
        change: (image) => {
          image.pointer(8, mmapped + moved, moved);
          image.pointer(8, mmapped + moved + 8, (0x31000 - moved) | 2);
        },
      },
    );
    expect(blocks).toContainEqual({ address: mmapped + moved, stride: 0x31000, live: true });
    expect(blocks.filter(({ address }) => address >= mmapped && address < mmapped + 0x31000).length).toBe(1);
  });

  test('finds nothing in random memory', () => {
    const check = (region: FakeRegion) => {
      expect(glibcMalloc.findHeaps(fakeMemory([region]))).toEqual([]);
    };
    fc.assert(fc.property(randomRegionArbitrary, check), { numRuns: 50 });
  });

  test('looks for nothing in dumps of Windows or without addresses', () => {
    const memory = modelMemory({ main: [withCache(facts, chunks)] });
    const asIf = (dump: Partial<typeof memory.dump>) => ({ ...memory, dump: { ...memory.dump, ...dump } });
    expect(glibcMalloc.findHeaps(asIf({ operatingSystem: 'windows' }))).toEqual([]);
    expect(glibcMalloc.findHeaps(asIf({ addressSpace: 'none' }))).toEqual([]);
  });
});
