import type { PointerSize } from '../../model/address.ts';

/*
 * Offsets of ntdll's heap structures in bytes. They are in Microsoft's public symbols (`dt ntdll!_HEAP` and so on);
 * "7" stands for Windows Vista to 7, "8" for Windows 8 to 11, "xp" for Windows 2000 to 2003 and XP.
 */

/** Where and how a block's header (_HEAP_ENTRY) is written. */
export interface EntryLayout {
  readonly pointerSize: PointerSize;
  /** Unit of sizes and alignment of blocks, and bytes of a header. */
  readonly granule: number;
  /**
   * From a block's start to its size field. With 64-bit pointers the 8 bytes before it are the last ones of the block
   * before, so that a block of 1040 bytes serves requests up to 1032.
   */
  readonly fieldsOffset: number;
}

const entry32: EntryLayout = { pointerSize: 4, granule: 8, fieldsOffset: 0 };
const entry64: EntryLayout = { pointerSize: 8, granule: 16, fieldsOffset: 8 };

/** _HEAP_SEGMENT since Vista, and of its _HEAP_UCR_DESCRIPTOR what stands behind the segment's link. */
export interface SegmentLayout {
  readonly listEntry: number;
  readonly heap: number;
  readonly base: number;
  readonly pageCount: number;
  readonly lastValidEntry: number;
  readonly uncommittedPages: number;
  readonly uncommittedList: number;
  readonly rangeAddress: number;
  readonly rangeSize: number;
}

export const segment32: SegmentLayout = {
  listEntry: 0x10,
  heap: 0x18,
  base: 0x1c,
  pageCount: 0x20,
  lastValidEntry: 0x28,
  uncommittedPages: 0x2c,
  uncommittedList: 0x38,
  rangeAddress: 0x08,
  rangeSize: 0x0c,
};

export const segment64: SegmentLayout = {
  listEntry: 0x18,
  heap: 0x28,
  base: 0x30,
  pageCount: 0x38,
  lastValidEntry: 0x48,
  uncommittedPages: 0x50,
  uncommittedList: 0x60,
  rangeAddress: 0x10,
  rangeSize: 0x18,
};

/** Low-fragmentation heap: _HEAP_USERDATA_HEADER and _HEAP_SUBSEGMENT. */
export interface FrontEndLayout {
  readonly signature: number;
  /** Size of the header without its bitmap; where there is none, the first block follows. */
  readonly headerBytes: number;
  /** The bitmap of busy blocks: where its count of bits stands. Undefined before Windows 8, which has none. */
  readonly bitCount: number | undefined;
  readonly userBlocks: number;
  readonly blockUnits: number;
  readonly blockCount: number;
}

/** _HEAP of one range of Windows versions. */
export interface HeapLayout {
  readonly version: '7' | '8';
  readonly entry: EntryLayout;
  readonly segment: SegmentLayout;
  readonly frontEnd: FrontEndLayout;
  readonly encodeFlagMask: number;
  /** The 8 bytes that headers are XORed with. */
  readonly encoding: number;
  readonly signature: number;
  readonly listIndex: number;
  readonly virtualBlocks: number;
  readonly segmentList: number;
}

const heap7x32: HeapLayout = {
  version: '7',
  entry: entry32,
  segment: segment32,
  frontEnd: {
    signature: 0x0c,
    headerBytes: 0x10,
    bitCount: undefined,
    userBlocks: 4,
    blockUnits: 0x10,
    blockCount: 0x14,
  },
  encodeFlagMask: 0x4c,
  encoding: 0x50,
  signature: 0x64,
  listIndex: 0x80,
  virtualBlocks: 0xa0,
  segmentList: 0xa8,
};

const heap7x64: HeapLayout = {
  version: '7',
  entry: entry64,
  segment: segment64,
  frontEnd: {
    signature: 0x18,
    headerBytes: 0x20,
    bitCount: undefined,
    userBlocks: 8,
    blockUnits: 0x18,
    blockCount: 0x1c,
  },
  encodeFlagMask: 0x7c,
  encoding: 0x88,
  signature: 0xa0,
  listIndex: 0xd8,
  virtualBlocks: 0x118,
  segmentList: 0x128,
};

const heap8x32: HeapLayout = {
  version: '8',
  entry: entry32,
  segment: segment32,
  frontEnd: { signature: 0x0c, headerBytes: 0x1c, bitCount: 0x14, userBlocks: 4, blockUnits: 0x14, blockCount: 0x18 },
  encodeFlagMask: 0x4c,
  encoding: 0x50,
  signature: 0x60,
  listIndex: 0x7c,
  virtualBlocks: 0x9c,
  segmentList: 0xa4,
};

const heap8x64: HeapLayout = {
  version: '8',
  entry: entry64,
  segment: segment64,
  frontEnd: { signature: 0x14, headerBytes: 0x30, bitCount: 0x20, userBlocks: 8, blockUnits: 0x24, blockCount: 0x28 },
  encodeFlagMask: 0x7c,
  encoding: 0x88,
  signature: 0x98,
  listIndex: 0xd0,
  virtualBlocks: 0x110,
  segmentList: 0x120,
};

export const heapLayouts: Readonly<Record<PointerSize, readonly HeapLayout[]>> = {
  4: [heap8x32, heap7x32],
  8: [heap8x64, heap7x64],
};

/** _HEAP, _HEAP_SEGMENT and _HEAP_UNCOMMMTTED_RANGE until Windows 2003, whose headers are written in the clear. */
export interface LegacyLayout {
  readonly entry: EntryLayout;
  readonly listIndex: number;
  readonly virtualBlocks: number;
  /** Array of pointers to segments. */
  readonly segments: number;
  /** Look-aside lists; undefined where the list heads are packed (64-bit). */
  readonly frontEnd: { readonly heap: number; readonly type: number } | undefined;
  readonly segmentSignature: number;
  readonly segmentHeap: number;
  readonly segmentBase: number;
  readonly pageCount: number;
  readonly lastValidEntry: number;
  readonly uncommittedPages: number;
  readonly uncommittedRanges: number;
}

export const legacySegmentCount = 64;

export const legacyLayouts: Readonly<Record<PointerSize, LegacyLayout>> = {
  4: {
    entry: entry32,
    listIndex: 0x30,
    virtualBlocks: 0x50,
    segments: 0x58,
    frontEnd: { heap: 0x580, type: 0x586 },
    segmentSignature: 0x08,
    segmentHeap: 0x10,
    segmentBase: 0x18,
    pageCount: 0x1c,
    lastValidEntry: 0x24,
    uncommittedPages: 0x28,
    uncommittedRanges: 0x30,
  },
  8: {
    entry: entry64,
    listIndex: 0x50,
    virtualBlocks: 0x90,
    segments: 0xa0,
    frontEnd: undefined,
    segmentSignature: 0x10,
    segmentHeap: 0x18,
    segmentBase: 0x28,
    pageCount: 0x30,
    lastValidEntry: 0x40,
    uncommittedPages: 0x48,
    uncommittedRanges: 0x50,
  },
};
