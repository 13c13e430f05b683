import type { PointerSize } from '../../model/address.ts';
import type { BlockFormat } from './layouts.ts';

/** Bytes of a block's header with either pointer width. */
export const headerBytes = 8;

/** A decoded block header. One object is filled again and again: walks meet millions of headers. */
export interface Block {
  /** Bytes from this block's start to the next one's. */
  stride: number;
  /** False for free blocks and for those whose freeing is pending. */
  live: boolean;
  /** Bytes that the program asked for; -1 for blocks that are not live. */
  request: number;
  /** From the start of the block's memory, in 64 KiB units; in a group's block, its index. -1 where not kept. */
  baseOffset: number;
  /** A used block that holds a group of the low-fragmentation heap, or a block of one. */
  isGroup: boolean;
}

/** BLOCK_FLAG_FREE, BLOCK_FLAG_LARGE and, since 9.0, BLOCK_FLAG_LFH. */
const freeFlag = 0x01;
const largeFlag = 0x04;
const groupFlag = 0x80;

/** BLOCK_TYPE_* of each format; `dead` blocks wait to be freed. */
const types8 = { used: 0x5355, dead: 0xdead, free: 0x5246, large: 0x614c } as const;
const types9 = { used: 0x75, dead: 0x44, free: 0x46, large: 0x4c } as const;
const typesArena = { used: 0x455355, dead: 0xbedead, free: 0x45455246, large: 0x6752614c } as const;

/** Low bits of an arena's size are flags. */
const arenaSizeMask = ~3;

type Decode = (low: number, high: number, pointerSize: PointerSize, block: Block) => boolean;

/** Fills `block` from a header's two words; false when they are no header of a block in a subheap. */
export const decodeBlock: Readonly<Record<BlockFormat, Decode>> = { '8': decode8, '9': decode9, arena: decodeArena };

/** u16 units, u8 flags, u8 tail, u16 base offset, u16 type; a free block's tail is the high part of its units. */
function decode8(low: number, high: number, pointerSize: PointerSize, block: Block): boolean {
  const type = high >>> 16;
  const isFree = ((low >>> 16) & freeFlag) !== 0;
  if (isFree ? type !== types8.free : type !== types8.used && type !== types8.dead) return false;
  const tail = low >>> 24;
  block.stride = ((low & 0xffff) + (isFree ? tail << 16 : 0)) * 2 * pointerSize;
  block.live = type === types8.used;
  block.request = block.live ? block.stride - headerBytes - tail : -1;
  block.baseOffset = high & 0xffff;
  block.isGroup = false;
  return block.stride > 0 && (!block.live || block.request >= 0);
}

/** u16 units, u16 tail, u16 base offset, u8 type, u8 flags. */
function decode9(low: number, high: number, pointerSize: PointerSize, block: Block): boolean {
  const type = (high >>> 16) & 0xff;
  const flags = high >>> 24;
  const isFree = (flags & freeFlag) !== 0;
  if (isFree ? type !== types9.free : type !== types9.used && type !== types9.dead) return false;
  const tail = low >>> 16;
  block.stride = ((low & 0xffff) + (isFree ? tail * 0x10000 : 0)) * 2 * pointerSize;
  block.live = type === types9.used;
  block.request = block.live ? block.stride - headerBytes - tail : -1;
  block.baseOffset = high & 0xffff;
  block.isGroup = (flags & groupFlag) !== 0;
  return block.stride > 0 && (!block.live || block.request >= 0);
}

/** u32 size and flags, u24 magic, u8 tail. The size leaves out the header, and a free block's list link as well. */
function decodeArena(low: number, high: number, pointerSize: PointerSize, block: Block): boolean {
  const isFree = (low & freeFlag) !== 0;
  const magic = isFree ? high : high & 0xffffff;
  if (isFree ? magic !== typesArena.free : magic !== typesArena.used && magic !== typesArena.dead) return false;
  const size = (low & arenaSizeMask) >>> 0;
  block.stride = size + headerBytes + (isFree ? 2 * pointerSize : 0);
  block.live = magic === typesArena.used;
  block.request = block.live ? size - (high >>> 24) : -1;
  block.baseOffset = -1;
  block.isGroup = false;
  return !block.live || block.request >= 0;
}

/** Whether the two words are the header of a block with memory of its own, and whether that holds a group. */
export function decodeLarge(format: BlockFormat, low: number, high: number): 'block' | 'group' | undefined {
  switch (format) {
    case 'arena':
      return high === typesArena.large ? 'block' : undefined;
    case '8':
      return high >>> 16 === types8.large && ((low >>> 16) & largeFlag) !== 0 ? 'block' : undefined;
    case '9': {
      const flags = high >>> 24;
      if (((high >>> 16) & 0xff) !== types9.large || (flags & largeFlag) === 0) return undefined;
      return (flags & groupFlag) !== 0 ? 'group' : 'block';
    }
  }
}

/** Format of a heap's blocks, from the head of a free list, which begins like a free block of no size. */
export function formatOfFreeList(low: number, high: number): BlockFormat | undefined {
  // BLOCK_FLAG_FREE_LINK
  const linkFlags = 0x03;
  if (high >>> 16 === types8.free && ((low >>> 16) & 0xff) === linkFlags) return '8';
  if (((high >>> 16) & 0xff) === types9.free && high >>> 24 === linkFlags) return '9';
  return undefined;
}

export function emptyBlock(): Block {
  return { stride: 0, live: false, request: -1, baseOffset: -1, isGroup: false };
}
