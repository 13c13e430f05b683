import type { Address } from '../../model/address.ts';
import type { PageLayout } from './page-layouts.ts';

/** A run of slices that holds blocks of one size (mi_page_t). */
export interface Page {
  /** Address of its first slice. */
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  readonly blockSize: number;
  /** Blocks that were ever handed out or put on a list; what follows is untouched. */
  readonly capacity: number;
  /** Blocks that the page has room for. */
  readonly reserved: number;
  /** Blocks not on the page's own two lists. */
  readonly used: number;
  /** Address of its record. */
  readonly record: Address;
  /** Where the first block stands; undefined where the record does not say. */
  readonly firstBlock: Address | undefined;
}

/** What pages stand in: a segment, or an arena of mimalloc 3. */
export interface Segment {
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  readonly layout: PageLayout;
  readonly pages: readonly Page[];
}

/** 0 where the slices are free. `at` is where the record stands in the view. */
export function readBlockSize(view: DataView, at: number, { blockSize }: PageLayout): number {
  const low = view.getUint32(at + blockSize.offset, true);
  return blockSize.bytes === 4 ? low : view.getUint32(at + blockSize.offset + 4, true) * 4294967296 + low;
}

/** A page whose record stands at `at` in the view; undefined when it has no room for the blocks that it says. */
export function readPage(
  view: DataView,
  at: number,
  layout: PageLayout,
  start: Address,
  size: number,
  record: Address,
): Page | undefined {
  const capacity = view.getUint16(at + layout.capacity, true);
  const reserved = view.getUint16(at + layout.reserved, true);
  const { offset, bytes } = layout.used;
  const used = bytes === 2 ? view.getUint16(at + offset, true) : view.getUint32(at + offset, true);
  // Sizes from 2 GiB on do not fit in 32 bits: such a page is one block.
  const blockSize = Math.min(readBlockSize(view, at, layout), size);
  if (capacity > reserved || used > capacity || blockSize < 8 || reserved * blockSize > size) return undefined;
  let firstBlock: Address | undefined;
  if (layout.pageStart !== undefined) {
    firstBlock =
      view.getUint32(at + layout.pageStart + 4, true) * 4294967296 + view.getUint32(at + layout.pageStart, true);
    if (firstBlock < start || firstBlock + reserved * blockSize > start + size) return undefined;
  }
  return { start, size, blockSize, capacity, reserved, used, record, firstBlock };
}
