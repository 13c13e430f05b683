import { memorySource } from '../../src/bytes/memory-source.ts';
import { raw } from '../../src/formats/raw.ts';
import { type FindImagesOptions, type FoundImages, findImages } from '../../src/images/find-images.ts';
import { type FoundImage, fileOf } from '../../src/images/found-image.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { dumpOfRanges } from '../render/dump-of-ranges.ts';
import { seeded } from './synth-images.ts';

export const base = 0x7f00_0000_0000;

/** Memory that looks like none of anything: words and noise. */
export function noise(size: number, seed = 11): Buffer {
  const random = seeded(seed);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(random() * 256)));
}

/** `size` bytes of noise with each piece at its offset. */
export function planted(size: number, pieces: Readonly<Record<number, Uint8Array>>): Buffer {
  const bytes = noise(size);
  for (const [offset, piece] of Object.entries(pieces)) bytes.set(piece, Number(offset));
  return bytes;
}

export interface Found extends FoundImages {
  readonly memory: Memory;
  readonly images: readonly FoundImage[];
  fileOf(image: FoundImage): Buffer;
}

const defaults: FindImagesOptions = { blocks: [], heaps: [], leastSide: 4, order: undefined };

export async function findIn(bytes: Uint8Array, options: Partial<FindImagesOptions> = {}): Promise<Found> {
  const source = memorySource(bytes);
  const memory = openMemory((await raw.load())(source, { base }), source);
  return await findInMemory(memory, options);
}

export async function findInRanges(
  ranges: readonly { readonly start: number; readonly bytes: Uint8Array }[],
): Promise<Found> {
  const { dump, source } = dumpOfRanges(ranges);
  return await findInMemory(openMemory(dump, source), {});
}

async function findInMemory(memory: Memory, options: Partial<FindImagesOptions>): Promise<Found> {
  const found = await findImages(memory, { ...defaults, ...options });
  return { ...found, memory, fileOf: (image) => Buffer.concat([...fileOf(memory, image)]) };
}
