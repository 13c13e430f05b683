import { inflateSync } from 'node:zlib';
import { unpackLzoBlock } from './lzo-block.ts';
import { DamagedDataError } from './packed-input.ts';
import { unpackSnappyBlock } from './snappy-block.ts';
import { unpackZstdBlock } from './zstd-block.ts';

/** How a page of memory is packed by tools that pack each on its own. */
export type PagePacking = 'none' | 'zlib' | 'lzo' | 'snappy' | 'zstd';

/** Unpacks to just `size` bytes; undefined for what is damaged or of another size. */
export function unpackPage(packing: PagePacking, packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const page = unpack(packing, packed, size);
    return page.length === size ? page : undefined;
  } catch (error) {
    if (error instanceof DamagedDataError || isZlibError(error)) return undefined;
    throw error;
  }
}

function unpack(packing: PagePacking, packed: Uint8Array, size: number): Uint8Array {
  const page = new Uint8Array(size);
  switch (packing) {
    case 'none':
      return packed;
    case 'zlib':
      return inflateSync(packed, { maxOutputLength: size });
    case 'zstd':
      return unpackZstdBlock(packed, size);
    case 'lzo':
      return page.subarray(0, unpackLzoBlock(packed, page));
    case 'snappy':
      unpackSnappyBlock(packed, page);
      return page;
  }
}

/** Of data that is damaged, cut off, or larger than allowed. */
function isZlibError(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code !== undefined && (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE');
}
