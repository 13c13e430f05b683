import type { PointerSize } from '../../model/address.ts';

/*
 * Offsets in bytes of the structures in Wine's dlls/ntdll/heap.c, from its source at these versions. Those of Wine
 * 8.0 with 64-bit pointers are checked against real processes.
 */

/** How block headers are written: `arena` until 7.0, `8` in 8.0, `9` since 9.0. */
export type BlockFormat = 'arena' | '8' | '9';

/** struct heap. Which variant a heap has is told by where its magic number stands, and by its first free list. */
export interface HeapLayout {
  readonly pointerSize: PointerSize;
  readonly flags: number;
  readonly magic: number;
  /** Link of the ring of all heaps. */
  readonly entry: number;
  readonly subheapList: number;
  readonly largeList: number;
  /** First of the free list heads, each of which begins like a free block; undefined where they are elsewhere. */
  readonly freeLists: number | undefined;
  readonly subheap: SubheapLayout;
  readonly large: LargeLayout;
}

/** SUBHEAP: the first one stands in the heap's own structure, others at the start of their memory. */
interface SubheapLayout {
  readonly entry: number;
  readonly heap: number;
  /** Size field; since 8.0 it is counted from the first block, before from the start of the memory. */
  readonly size: number;
  /** Committed bytes; since 8.0 counted from the end of the structure. */
  readonly committed: number;
  /** From the structure to the first block; undefined where `headerSize` says it. */
  readonly block: number | undefined;
  readonly headerSize: number;
}

/** ARENA_LARGE: a block with memory of its own. */
interface LargeLayout {
  readonly entry: number;
  /** Bytes that the program asked for. */
  readonly dataSize: number;
  /** Size of the memory; since 8.0 counted from the block's header. */
  readonly totalSize: number;
  /** The block's header, 8 bytes before the user part. */
  readonly block: number;
}

const subheap32: SubheapLayout = { entry: 0x0c, heap: 0x14, size: 0x04, committed: 0x08, block: 0x18, headerSize: 0 };
const subheap64: SubheapLayout = { entry: 0x20, heap: 0x30, size: 0x10, committed: 0x18, block: 0x38, headerSize: 0 };
const large32: LargeLayout = { entry: 0x04, dataSize: 0x0c, totalSize: 0x10, block: 0x18 };
const large64: LargeLayout = { entry: 0x10, dataSize: 0x20, totalSize: 0x28, block: 0x38 };

const arenaSubheap32: SubheapLayout = {
  entry: 0x10,
  heap: 0x18,
  size: 0x04,
  committed: 0x0c,
  block: undefined,
  headerSize: 0x1c,
};
const arenaSubheap64: SubheapLayout = {
  entry: 0x20,
  heap: 0x30,
  size: 0x08,
  committed: 0x18,
  block: undefined,
  headerSize: 0x38,
};
const arenaLarge32: LargeLayout = { entry: 0, dataSize: 0x08, totalSize: 0x0c, block: 0x18 };
const arenaLarge64: LargeLayout = { entry: 0, dataSize: 0x10, totalSize: 0x18, block: 0x28 };

export const heapLayouts: Readonly<Record<PointerSize, readonly HeapLayout[]>> = {
  4: [
    layout(4, { magic: 0x68, entry: 0x48, freeLists: 0x90, subheap: subheap32, large: large32 }),
    layout(4, { magic: 0x6c, entry: 0x4c, freeLists: 0x90, subheap: subheap32, large: large32 }),
    layout(4, { magic: 0x8c, entry: 0x70, freeLists: undefined, subheap: arenaSubheap32, large: arenaLarge32 }),
  ],
  8: [
    layout(8, { magic: 0xb8, entry: 0x78, freeLists: 0xf0, subheap: subheap64, large: large64 }),
    layout(8, { magic: 0xc0, entry: 0x80, freeLists: 0x100, subheap: subheap64, large: large64 }),
    layout(8, { magic: 0xf8, entry: 0xc0, freeLists: undefined, subheap: arenaSubheap64, large: arenaLarge64 }),
  ],
};

/** The lists of subheaps and large blocks follow the ring's link. */
function layout(
  pointerSize: PointerSize,
  rest: Omit<HeapLayout, 'pointerSize' | 'flags' | 'subheapList' | 'largeList'>,
): HeapLayout {
  const linkBytes = 2 * pointerSize;
  return {
    pointerSize,
    flags: pointerSize === 8 ? 0x70 : 0x40,
    ...rest,
    subheapList: rest.entry + linkBytes,
    largeList: rest.entry + 2 * linkBytes,
  };
}
