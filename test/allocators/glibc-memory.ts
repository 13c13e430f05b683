import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import type { GlibcFacts } from '../synth/glibc-facts.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import {
  type ChunkModel,
  type ChunkUse,
  type GlibcModel,
  placesOf,
  writeGlibcHeaps,
} from '../synth/synth-glibc-heap.ts';
import { walkHeaps } from './walk-heaps.ts';

export interface WalkModelOptions {
  /** Changes the memory after it was written. */
  readonly change?: (image: MemoryImage) => void;
  /** Takes or changes regions; libc's data is the one of kind `image`. */
  readonly regions?: (regions: FakeRegion[]) => FakeRegion[];
}

/** The image as the memory of a Linux process, its libc named. */
export function glibcMemory(image: MemoryImage, facts: GlibcFacts, options: WalkModelOptions = {}): Memory {
  const { data } = placesOf(facts);
  const { pointerSize, architecture } = facts;
  const named = image.regions().map((region): FakeRegion => {
    return region.start === data ? { ...region, kind: 'image', name: '/lib/libc.so.6' } : region;
  });
  return fakeMemory(options.regions?.(named) ?? named, { pointerSize, architecture });
}

/** Walks the heaps of a model; `expected` is what the model holds. */
export function walkModel(facts: GlibcFacts, model: GlibcModel, options: WalkModelOptions = {}) {
  const image = createMemoryImage();
  const expected = writeGlibcHeaps(image, facts, model);
  options.change?.(image);
  const { blocks, ...rest } = walkHeaps(glibcMalloc, glibcMemory(image, facts, options));
  const told = blocks.map(({ address, stride, live }) => ({ address, stride, live }));
  return { expected: expected.sort(byAddress), blocks: told.sort(byAddress), ...rest };
}

export function byAddress(a: { readonly address: number }, b: { readonly address: number }): number {
  return a.address - b.address;
}

/** A chunk so many alignment units larger than the smallest. */
export function chunkOf(facts: GlibcFacts, units: number, use: ChunkUse): ChunkModel {
  return { size: 4 * facts.pointerSize + units * facts.alignment, use };
}

/** Without thread caches or fastbins nothing can be in them. */
export function possibleUse(facts: GlibcFacts, use: ChunkUse): ChunkUse {
  const hasFastbins = facts.fastbinsAt < facts.topAt;
  return (facts.cache === null && use === 'cached') || (!hasFastbins && use === 'fastbin') ? 'live' : use;
}

/** The first chunks of a process: a thread's cache where this glibc has one. */
export function withCache(facts: GlibcFacts, chunks: readonly ChunkModel[]): ChunkModel[] {
  return facts.cache === null ? [...chunks] : [{ size: facts.cache.chunk, use: 'cache' }, ...chunks];
}

export function someOfEach(facts: GlibcFacts): ChunkModel[] {
  const uses: [number, ChunkUse][] = [
    [0, 'live'],
    [40, 'binned'],
    [1, 'live'],
    [2, 'cached'],
    [0, 'fastbin'],
    [2, 'cached'],
    [2, 'live'],
    [0, 'fastbin'],
    [9, 'cached'],
    [100, 'binned'],
    [200, 'live'],
  ];
  return uses.map(([units, use]) => chunkOf(facts, units, possibleUse(facts, use)));
}
