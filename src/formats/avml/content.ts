// The unpacked memory of a compressed AVML dump.
import { createBlockSource } from '../../bytes/block-source.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { unpackPage } from '../../bytes/unpack-page.ts';
import { type ChunkTable, chunkTypes } from './avml-index.ts';

/** Chunks are unpacked when they are read; their checksums are not verified. */
export function openAvmlContent(source: ByteSource, { count, starts, fileOffsets }: ChunkTable): ByteSource {
  return createBlockSource(
    starts[count]!,
    (offset) => {
      const index = lastAtOrBelow(starts, count, offset);
      const start = starts[index]!;
      return { start, unpack: () => unpackChunk(source, fileOffsets[index]!, starts[index + 1]! - start) };
    },
    () => source.close(),
  );
}

/** Undefined where it cannot be unpacked to just this size. */
function unpackChunk(source: ByteSource, offset: number, size: number): Uint8Array | undefined {
  const header = new Uint8Array(8);
  if (source.read(offset, header) < header.length) return undefined;
  const packed = new Uint8Array((header[1]! | (header[2]! << 8) | (header[3]! << 16)) - 4);
  if (source.read(offset + header.length, packed) < packed.length) return undefined;
  return unpackPage(header[0] === chunkTypes.plain ? 'none' : 'snappy', packed, size);
}

function lastAtOrBelow(starts: Float64Array, count: number, offset: number): number {
  let low = 0;
  let high = count;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low;
}
