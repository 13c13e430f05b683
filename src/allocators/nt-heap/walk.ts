import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { BlockVisitor, Heap } from '../allocator.ts';
import { busyFlag, decodeEntry, type Entry, internalFlag } from './entry.ts';
import { isContainer, visitContainer } from './front-end.ts';
import { requestOf } from './request.ts';
import type { HeapSegment, NtHeapState } from './state.ts';
import { visitVirtualBlock } from './virtual-blocks.ts';

const blocksPerYield = 4096;

/** Entries whose previous-size field is not compared: a segment's first one, and those behind a gap. */
const unknownUnits = -1;

interface Walk {
  readonly memory: Memory;
  readonly state: NtHeapState;
  readonly visitor: BlockVisitor;
  readonly entry: Entry;
  /** For looking ahead without losing `entry`. */
  readonly nextEntry: Entry;
}

export function* walkHeap(heap: Heap, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  // Only findHeaps makes heaps of this allocator, and with this state.
  const state = heap.state as NtHeapState;
  for (const { address, message } of state.damage) visitor.damage(address, message);
  const walk: Walk = { memory, state, visitor, entry: emptyEntry(), nextEntry: emptyEntry() };
  for (const segment of state.segments) yield* walkSegment(walk, segment);
  let told = 0;
  for (const block of state.virtualBlocks) {
    visitVirtualBlock(memory, state, block, walk.entry, visitor);
    told += 1;
    if (told % blocksPerYield === 0) yield;
  }
}

/**
 * Walks header by header. Every step goes forward by at least one granule and needs a captured header, so the dump's
 * size bounds the walk. After damage it goes on behind the next uncommitted range, where a block is known to begin.
 */
function* walkSegment(walk: Walk, segment: HeapSegment): Generator<void, void> {
  const { gapStarts, gapEnds, end } = segment;
  let address = segment.start;
  let previousUnits = unknownUnits;
  let gap = 0;
  let gapBytes = 0;
  let untilYield = blocksPerYield;
  while (address < end) {
    while (gap < gapStarts.length && gapStarts[gap]! < address) gap += 1;
    if (gapStarts[gap] === address) {
      gapBytes += gapEnds[gap]! - address;
      address = gapEnds[gap]!;
      previousUnits = unknownUnits;
      continue;
    }
    const trouble = readHeader(walk, address, previousUnits, end);
    if (trouble !== undefined) {
      const isEnd = address - segment.start - gapBytes === segment.committedBytes;
      // All that is committed was walked, though a lost list of ranges does not tell that the rest is not.
      if (!isEnd || walk.memory.u8(address) !== undefined) walk.visitor.damage(address, trouble);
      if (gap >= gapStarts.length) return;
      address = gapStarts[gap]!;
      continue;
    }
    previousUnits = walk.entry.units;
    const stride = previousUnits * walk.state.entry.granule;
    visit(walk, segment, address, stride);
    address += stride;
    untilYield -= 1;
    if (untilYield <= 0) {
      untilYield = blocksPerYield;
      yield;
    }
  }
}

/** Reads the header at `address` into walk.entry; what is wrong with it, or undefined. */
function readHeader(walk: Walk, address: Address, previousUnits: number, end: Address): string | undefined {
  const { memory, state, entry } = walk;
  const low = memory.u32(address + state.entry.fieldsOffset);
  const high = memory.u32(address + state.entry.fieldsOffset + 4);
  if (low === undefined || high === undefined) return 'the rest of a heap segment is not captured';
  if (!decodeEntry(state, low, high, entry)) return 'a heap block header is overwritten';
  if (address + entry.units * state.entry.granule > end) return 'a heap block reaches beyond its segment';
  if (previousUnits !== unknownUnits && entry.previousUnits !== previousUnits && !isFollowed(walk, address)) {
    return 'a heap block header does not fit the block before';
  }
  return undefined;
}

/** Whether the next header confirms this one: then only its link back is wrong, and the walk need not end. */
function isFollowed(walk: Walk, address: Address): boolean {
  const { memory, state, entry, nextEntry } = walk;
  const next = address + entry.units * state.entry.granule + state.entry.fieldsOffset;
  const low = memory.u32(next);
  const high = memory.u32(next + 4);
  if (low === undefined || high === undefined || !decodeEntry(state, low, high, nextEntry)) return false;
  return nextEntry.previousUnits === entry.units;
}

function visit(walk: Walk, segment: HeapSegment, address: Address, stride: number): void {
  const { memory, state, visitor, entry } = walk;
  const { flags, unusedBytes } = entry;
  if ((flags & busyFlag) === 0) {
    visitor.block(address, stride, false, -1);
    return;
  }
  const isInternal = state.version === '8' && (flags & internalFlag) !== 0;
  const user = address + state.entry.granule;
  const mayContain = isInternal || state.version === '7';
  const isContained = mayContain && isContainer(memory, state, user);
  if (isContained && visitContainer(memory, state, { header: user, end: address + stride }, visitor)) return;
  const live = state.cached.size === 0 || !state.cached.has(address);
  // The segment's own header is a block too.
  const isProgram = live && !isInternal && !isContained && address !== segment.start;
  visitor.block(address, stride, live, isProgram ? requestOf(memory, address, stride, unusedBytes) : -1);
}

function emptyEntry(): Entry {
  return { units: 0, previousUnits: 0, flags: 0, unusedBytes: 0 };
}
