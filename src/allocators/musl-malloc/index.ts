import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import { findContext, type Group, readGroups } from './context.ts';
import { headerBytes, requestRangeOf, unit } from './size-classes.ts';

interface MuslState {
  /** Groups that do not stand in another one's slot, by address. */
  readonly outer: readonly Group[];
  /** Groups without a mapping of their own, sorted by where they stand. */
  readonly inner: readonly Group[];
}

const blocksPerStep = 4096;

/** Bits of a slot's header that tell how many bytes at its end are spare; these values mean something else. */
const spareInFooter = 5;
const startsLater = 7;

/**
 * The malloc of musl 1.2.1 and later (mallocng) on 64-bit little-endian systems. One heap. Counts and requests are
 * exact: musl keeps no caches, and keeps what the program asked for. A block's address is that of its header, which
 * musl puts somewhere into the slot when there is room, so neighbours may overlap by the room that they leave.
 */
export const muslMalloc: Allocator = {
  id: 'musl-malloc',
  displayName: 'musl malloc (mallocng)',
  reference: 'https://git.musl-libc.org/cgit/musl/tree/src/malloc/mallocng/meta.h?h=v1.2.3',
  headerBytes: () => headerBytes,
  findHeaps,
  walk: (heap, memory, visitor) => walk(heap.state as MuslState, memory, visitor),
  requestRange: (stride) => requestRangeOf(stride),
};

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || dump.addressSpace !== 'virtual') return [];
  if (dump.operatingSystem === 'windows' || dump.operatingSystem === 'macos') return [];
  const context = findContext(memory);
  if (context === undefined) return [];
  const groups = readGroups(memory, context);
  if (groups.length === 0) return [];
  const inner = groups.filter(({ mapped }) => mapped === 0);
  const outer = outerGroups(groups);
  const ranges = outer.map((group) => ({ start: group.start, end: group.start + sizeOf(group) }));
  return [{ address: context.address, name: 'heap', ranges, state: { outer, inner } satisfies MuslState }];
}

function sizeOf({ mapped, slots, slotBytes }: Group): number {
  return mapped > 0 ? mapped : unit + slots * slotBytes;
}

function outerGroups(groups: readonly Group[]): Group[] {
  const outer: Group[] = [];
  let end = 0;
  for (const group of groups) {
    if (group.start < end) continue;
    outer.push(group);
    end = group.start + sizeOf(group);
  }
  return outer;
}

function* walk(state: MuslState, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  const walking: Walking = { innerAt: newInnerGroups(state.inner), memory, visitor };
  let told = 0;
  for (const group of state.outer) {
    told += walkGroup(group, walking);
    if (told >= blocksPerStep) {
      told = 0;
      yield;
    }
  }
}

interface Walking {
  /** The group that stands at an address; to be asked for ascending ones. */
  readonly innerAt: (slot: Address) => Group | undefined;
  readonly memory: Memory;
  readonly visitor: BlockVisitor;
}

/** A cursor: asked for every slot, a map of hundreds of thousands of groups took most of the walk. */
function newInnerGroups(inner: readonly Group[]): Walking['innerAt'] {
  // Infinity ends the loops: reading beyond an array's end is slow.
  const starts = Float64Array.from([...inner.map(({ start }) => start), Number.POSITIVE_INFINITY]);
  let next = 0;
  return (slot) => {
    while (starts[next]! < slot) next += 1;
    if (starts[next] !== slot) return undefined;
    // Of several at one place, which only damage makes, the last one.
    while (starts[next + 1] === slot) next += 1;
    return inner[next];
  };
}

/** Slots in address order; a slot that holds a group is told as that group's slots. Returns how many were told. */
function walkGroup(group: Group, walking: Walking): number {
  const { memory, visitor } = walking;
  if (memory.i64(group.start) !== group.meta) {
    visitor.damage(group.start, 'a group that is not what its record says');
    return 1;
  }
  const stride = group.slots === 1 && group.mapped > 0 ? group.mapped : group.slotBytes;
  let told = 0;
  for (let index = 0; index < group.slots; index += 1) {
    const slot = group.start + unit + index * group.slotBytes;
    if (((group.free >>> index) & 1) !== 0) {
      visitor.block(slot - headerBytes, stride, false, -1);
      told += 1;
      continue;
    }
    const nested = walking.innerAt(slot);
    // One that were not smaller could hold itself.
    if (nested !== undefined && sizeOf(nested) <= group.slotBytes) {
      told += walkGroup(nested, walking);
      continue;
    }
    tellLive(group, index, slot, stride, memory, visitor);
    told += 1;
  }
  return told;
}

function tellLive(
  group: Group,
  index: number,
  slot: Address,
  stride: number,
  memory: Memory,
  visitor: BlockVisitor,
): void {
  const end = slot + group.slotBytes - headerBytes;
  const first = memory.u8(slot - 3);
  const later = first !== undefined && first >>> 5 === startsLater ? (memory.u16(slot - 2) ?? 0) * unit : 0;
  const object = slot + later;
  const header = memory.u8(object - 3);
  if (header === undefined || object > end || (header & 31) !== index) {
    if (header !== undefined) visitor.damage(slot, `slot ${index} says that it is ${header & 31}`);
    visitor.block(slot - headerBytes, stride, true, -1);
    return;
  }
  const spare = header >>> 5 === spareInFooter ? memory.u32(end - 4) : header >>> 5;
  const request = spare === undefined ? -1 : end - spare - object;
  visitor.block(object - headerBytes, stride, true, request < 0 ? -1 : request);
}
