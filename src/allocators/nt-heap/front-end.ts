import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor } from '../allocator.ts';
import type { EntryLayout, FrontEndLayout } from './layouts.ts';
import { readPointer } from './linked-list.ts';
import { requestOf } from './request.ts';

/** _HEAP_USERDATA_HEADER.Signature. */
const containerSignature = 0xf0e0d0c0;

/** Set in the last byte of every block's header in a container; the other bits are 0 in a free block. */
const frontEndBit = 0x80;
const unusedMask = 0x3f;

/** A subsegment's count of blocks has 16 bits. */
const mostBlocks = 0xffff;

/** Blocks looked at to tell whether a guess of their places is right. */
const blocksToCheck = 64;

/** Granules that the first block may stand behind the place computed for it. */
const firstBlockSlack = 8;

interface BlockPlaces {
  /** Start of the first block. */
  readonly first: Address;
  readonly stride: number;
  readonly count: number;
}

/**
 * Tells the visitor of the blocks in a container of the low-fragmentation heap: a busy block of the back end whose
 * user part begins with _HEAP_USERDATA_HEADER, followed by equal blocks with unencoded headers. False, and nothing
 * told, when the block is no container.
 *
 * @param header start of the block's user part
 * @param end end of the block
 */
export function visitContainer(
  memory: Memory,
  layouts: { readonly entry: EntryLayout; readonly frontEnd: FrontEndLayout },
  container: { readonly header: Address; readonly end: Address },
  visitor: BlockVisitor,
): boolean {
  if (memory.u32(container.header + layouts.frontEnd.signature) !== containerSignature) return false;
  const places = findBlocks(memory, layouts, container);
  if (places === undefined) return false;
  const { first, stride, count } = places;
  const stateByte = layouts.entry.fieldsOffset + 7;
  for (let index = 0; index < count; index += 1) {
    const block = first + index * stride;
    const state = memory.u8(block + stateByte);
    if (state === undefined || (state & frontEndBit) === 0) {
      visitor.damage(block, 'a block of the low-fragmentation heap is missing or overwritten');
      return true;
    }
    const unused = state & unusedMask;
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
  { entry, frontEnd }: { readonly entry: EntryLayout; readonly frontEnd: FrontEndLayout },
  { header, end }: { readonly header: Address; readonly end: Address },
): BlockPlaces | undefined {
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
    for (let slack = 0; slack <= firstBlockSlack; slack += 1) {
      const places = { first: first + slack * granule, stride: size * granule, count };
      if (places.first + count * places.stride > end) break;
      if (looksRight(memory, entry, places)) return places;
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
