// Base relocations of a PE file: what its loader changes in the image when it is not loaded at its preferred address.
// Reference: Microsoft, "PE Format", "The .reloc Section".
import { type BinaryReader, createBinaryReader } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import type { PeImage } from './pe-image.ts';
import { quietly } from './read-text.ts';

const types = { high32: 3, full64: 10 } as const;
const mostRelocations = 1 << 22;

/**
 * Places of pointers, relative to the image's start, sorted.
 * @param fileOffsetOf where in the source a relative address stands
 * Never throws: a damaged table ends early.
 */
export function readRelocations(
  source: ByteSource,
  image: PeImage,
  fileOffsetOf: (address: number) => number | undefined,
): Float64Array {
  const places: number[] = [];
  const start = fileOffsetOf(image.relocations.address);
  if (start === undefined || image.relocations.address === 0) return new Float64Array();
  // What was read before a damaged place holds.
  quietly(() =>
    addPlaces(places, createBinaryReader(source, { start, size: image.relocations.size, littleEndian: true })),
  );
  return Float64Array.from(places).sort();
}

function addPlaces(places: number[], reader: BinaryReader): void {
  while (reader.remaining() >= 8 && places.length < mostRelocations) {
    const page = reader.u32('PageRVA');
    const size = reader.u32('BlockSize');
    if (size < 8) return;
    for (let count = (size - 8) >>> 1; count > 0 && places.length < mostRelocations; count -= 1) {
      const entry = reader.u16('entry');
      if (entry >>> 12 === types.high32 || entry >>> 12 === types.full64) places.push(page + (entry & 0xfff));
    }
  }
}
