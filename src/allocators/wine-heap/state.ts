import type { Address } from '../../model/address.ts';
import type { BlockFormat, HeapLayout } from './layouts.ts';

/** Memory of one SUBHEAP with its blocks. */
export interface Subheap {
  /** Start of its memory, a multiple of 64 KiB. */
  readonly base: Address;
  readonly firstBlock: Address;
  /** Exclusive; blocks stand before it, the last free one reaches beyond. */
  readonly committedEnd: Address;
}

/** What opening a Wine heap found out; see Heap.state. */
export interface WineHeapState {
  readonly layout: HeapLayout;
  readonly format: BlockFormat;
  readonly subheaps: readonly Subheap[];
  /** ARENA_LARGE structures, which stand at the start of their block's memory. */
  readonly largeBlocks: readonly Address[];
  /** Lists that lead nowhere. */
  readonly damage: readonly { readonly address: Address; readonly message: string }[];
}
