import fc from 'fast-check';
import type { Allocator } from '../../src/allocators/allocator.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import type { MemoryImage } from '../synth/memory-image.ts';
import { walkHeaps } from './walk-heaps.ts';

/** The image as the memory of a Linux process. Regions that `isImage` names are a module's data. */
export function linuxMemory(image: MemoryImage, isImage: (region: FakeRegion) => boolean = () => false): Memory {
  const regions = image.regions();
  return fakeMemory(regions.map((region) => ({ ...region, kind: isImage(region) ? 'image' : 'private' })));
}

/** Bytes to overwrite: which one of all there are, and with what. */
export const damageArbitrary = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 60 });

/** Walks a copy of the memory with some of its bytes changed; returns what was told. */
export function walkDamaged(allocator: Allocator, image: MemoryImage, changes: readonly (readonly [number, number])[]) {
  const regions = image.regions();
  const written: { bytes: Uint8Array; index: number }[] = [];
  for (const { bytes } of regions) {
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) written.push({ bytes, index });
  }
  for (const [which, value] of changes) {
    const { bytes, index } = written[which % written.length]!;
    bytes[index] = value;
  }
  return walkHeaps(allocator, fakeMemory(regions));
}

/** A region full of random bytes, for proofs that nothing is found in it. */
export const randomRegionArbitrary = fc
  .tuple(
    fc.constantFrom(0x7f3c_0000_0000, 0x5555_5555_4000, 0x2000000),
    fc.uint8Array({ minLength: 8192, maxLength: 16384 }),
  )
  .map(([start, bytes]): FakeRegion => ({ start, bytes, kind: 'image' }));
