import type { Address } from '../../model/address.ts';
import type { EntryLayout, FrontEndLayout } from './layouts.ts';

/** Memory of one segment: blocks from `start` to `end` without a gap, but for the uncommitted ranges. */
export interface HeapSegment {
  readonly start: Address;
  /** Exclusive; cut where another segment claims to begin. */
  readonly end: Address;
  /** Bytes that the segment says are committed: where the blocks end when its list of ranges is lost. */
  readonly committedBytes: number;
  /** Uncommitted ranges inside, sorted: nothing stands there, the next block begins at their end. */
  readonly gapStarts: Float64Array;
  readonly gapEnds: Float64Array;
}

/** What opening an NT heap found out; see Heap.state. */
export interface NtHeapState {
  readonly entry: EntryLayout;
  /** How the 8 bytes of a header are read: `xp` in the clear, else XORed and with a checksum. */
  readonly version: 'xp' | '7' | '8';
  readonly encodingLow: number;
  readonly encodingHigh: number;
  /** Undefined where the low-fragmentation heap's layout is not known. */
  readonly frontEnd: FrontEndLayout | undefined;
  readonly segments: readonly HeapSegment[];
  /** _HEAP_VIRTUAL_ALLOC_ENTRY: blocks with memory of their own. */
  readonly virtualBlocks: readonly Address[];
  /** Blocks on look-aside lists: busy in the chain, free for the program. */
  readonly cached: ReadonlySet<Address>;
  /** Lists that lead nowhere. */
  readonly damage: readonly { readonly address: Address; readonly message: string }[];
}

/** A heap as it was opened, before its segments are held against those of the other heaps. */
export interface OpenedHeap {
  readonly address: Address;
  /** Place in the process's table of heaps, from 1; 0 or wrong in damaged ones. */
  readonly listIndex: number;
  readonly state: NtHeapState;
}
