// The pages of a compressed kdump file, one after the other, each unpacked when it is read.
import { createBlockSource } from '../../bytes/block-source.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { type PagePacking, unpackPage } from '../../bytes/unpack-page.ts';

/** struct page_desc: offset u64, size u32, flags u32, page_flags u64. */
export const descriptorSize = 24;

/** DUMP_DH_COMPRESSED_*: by flag. */
const packings: readonly (readonly [flag: number, packing: PagePacking])[] = [
  [0x01, 'zlib'],
  [0x02, 'lzo'],
  [0x04, 'snappy'],
  [0x20, 'zstd'],
];

/** Packed pages are hardly larger than plain ones: writers store those that do not shrink as they are. */
const mostPackedShare = 2;

export interface PageTable {
  /** Of the first descriptor. */
  readonly offset: number;
  readonly count: number;
  readonly pageSize: number;
  readonly littleEndian: boolean;
}

/** Where a page's data stands. */
export interface PageDescriptor {
  readonly offset: number;
  readonly size: number;
  readonly flags: number;
}

/** Descriptors are read in pieces: one page is mostly followed by the next. */
const pieceCount = 512;

/** Reads descriptors by index; undefined for those that are cut off. */
export function createDescriptorReader(
  source: ByteSource,
  { offset, littleEndian }: PageTable,
): (index: number) => PageDescriptor | undefined {
  const piece = new Uint8Array(pieceCount * descriptorSize);
  const view = new DataView(piece.buffer);
  let first = 0;
  let count = 0;
  return (index) => {
    if (index < first || index >= first + count) {
      first = index;
      count = Math.floor(source.read(offset + index * descriptorSize, piece) / descriptorSize);
      if (count === 0) return undefined;
    }
    const at = (index - first) * descriptorSize;
    return {
      offset: Number(view.getBigUint64(at, littleEndian)),
      size: view.getUint32(at + 8, littleEndian),
      flags: view.getUint32(at + 12, littleEndian),
    };
  };
}

export function openPages(source: ByteSource, table: PageTable): ByteSource {
  const { pageSize, count } = table;
  const descriptorAt = createDescriptorReader(source, table);
  return createBlockSource(
    count * pageSize,
    (offset) => {
      const index = Math.floor(offset / pageSize);
      return { start: index * pageSize, unpack: () => unpack(source, descriptorAt(index), pageSize) };
    },
    () => source.close(),
  );
}

/** Undefined where the page is damaged or cut off. */
function unpack(source: ByteSource, descriptor: PageDescriptor | undefined, pageSize: number): Uint8Array | undefined {
  if (descriptor === undefined || descriptor.size > pageSize * mostPackedShare) return undefined;
  const packed = new Uint8Array(descriptor.size);
  if (source.read(descriptor.offset, packed) < packed.length) return undefined;
  const packing = packings.find(([flag]) => (descriptor.flags & flag) !== 0)?.[1] ?? 'none';
  return unpackPage(packing, packed, pageSize);
}
