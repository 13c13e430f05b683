import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor } from '../allocator.ts';
import type { EntryLayout } from './layouts.ts';
import { readPointer } from './linked-list.ts';
import { requestOf } from './request.ts';
import type { NtHeapState } from './state.ts';

/** _HEAP_USERDATA_HEADER.Signature. */
const containerSignature = 0xf0e0d0c0;

/** Set in the last byte of every block's header in a container; the other bits are 0 in a free block. */
const frontEndBit = 0x80;
const unusedMask = 0x3f;

/** A subsegment's count of blocks has 16 bits. */
const mostBlocks = 0xffff;

/** Blocks looked at to tell whether a guess of their places is right. */
const blocksToCheck = 64;

/** Granules by which the first block may be off the place computed for it, the likely ones first. */
const firstBlockSlacks = [0, 1, 2, 3, 4, 5, 6, 7, 8, -1, -2] as const;

interface BlockPlaces {
  /** Start of the first block. */
  readonly first: Address;
  readonly stride: number;
  readonly count: number;
}

/**
 * Whether a busy block of the back end is a container of the low-fragmentation heap: its user part, at `header`,
 * begins with _HEAP_USERDATA_HEADER.
 */
export function isContainer(memory: Memory, { frontEnd }: NtHeapState, header: Address): boolean {
  return frontEnd !== undefined && memory.u32(header + frontEnd.signature) === containerSignature;
}

/**
 * Tells the visitor of the blocks in a container, which are equal and have unencoded headers. False, and nothing
 * told, when nothing says where they are: for containers that wait to be used again.
 *
 * @param container its user part, up to the end of the block
 */
export function visitContainer(
  memory: Memory,
  state: NtHeapState,
  container: { readonly header: Address; readonly end: Address },
  visitor: BlockVisitor,
): boolean {
  const places = findBlocks(memory, state, container);
  if (places === undefined) return false;
  const { first, stride, count } = places;
  const stateByte = state.entry.fieldsOffset + 7;
  for (let index = 0; index < count; index += 1) {
    const block = first + index * stride;
    const byte = memory.u8(block + stateByte);
    if (byte === undefined || (byte & frontEndBit) === 0) {
      visitor.damage(block, 'a block of the low-fragmentation heap is missing or overwritten');
      return true;
    }
    const unused = byte & unusedMask;
    if (unused === 0) visitor.block(block, stride, false, -1);
    else visitor.block(block, stride, true, requestOf(memory, block, stride, unused));
  }
  return true;
}

/**
 * Size and number of the blocks, from the subsegment that describes the container. Where that is not captured the
 * bitmap tells the number, and the size is the largest at which all headers look right. The offset of the first
 * block is stored encoded with a key of ntdll; it follows from the header's size, and is checked the same way.
 */
function findBlocks(
  memory: Memory,
  { entry, frontEnd }: NtHeapState,
  { header, end }: { readonly header: Address; readonly end: Address },
): BlockPlaces | undefined {
  if (frontEnd === undefined) return undefined;
  const { granule, pointerSize } = entry;
  const subsegment = readPointer(memory, pointerSize, header) ?? 0;
  const described = readPointer(memory, pointerSize, subsegment + frontEnd.userBlocks) === header;
  const bits = frontEnd.bitCount === undefined ? undefined : memory.u32(header + frontEnd.bitCount);
  const count = described ? (memory.u16(subsegment + frontEnd.blockCount) ?? 0) : (bits ?? 0);
  const units = described ? (memory.u16(subsegment + frontEnd.blockUnits) ?? 0) : 0;
  if (count < 1 || count > mostBlocks || (bits !== undefined && bits !== count)) return undefined;

  const bitmapBytes = bits === undefined ? 0 : Math.ceil(bits / (pointerSize * 8)) * pointerSize;
  const first = header + Math.ceil((frontEnd.headerBytes + bitmapBytes) / granule) * granule;
  const most = Math.floor((end - first) / count / granule);
  const least = described ? units : 1;
  for (let size = described ? units : most; size >= least && size > 0; size -= 1) {
    for (const slack of firstBlockSlacks) {
      const places = { first: first + slack * granule, stride: size * granule, count };
      const fits = places.first > header && places.first + count * places.stride <= end;
      if (fits && looksRight(memory, entry, places)) return places;
    }
  }
  return undefined;
}

function looksRight(memory: Memory, entry: EntryLayout, { first, stride, count }: BlockPlaces): boolean {
  const step = Math.max(1, Math.floor(count / blocksToCheck));
  for (let index = 0; index < count; index += step) {
    const state = memory.u8(first + index * stride + entry.fieldsOffset + 7);
    if (state === undefined || (state & frontEndBit) === 0) return false;
  }
  return true;
}
