import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';

/** A heap that was found: one arena, one NT heap, one pool. `state` is the allocator's own and opaque to others. */
export interface Heap<State = unknown> {
  /** Address of the structure that describes it. */
  readonly address: Address;
  /** Shown to people: `main arena`, `thread arena 2`, `process heap`. */
  readonly name: string;
  /** Address ranges whose blocks belong to it, for telling which regions are heap. Sorted, `end` exclusive. */
  readonly ranges: readonly { readonly start: Address; readonly end: Address }[];
  readonly state: State;
}

/** Told of every block, in address order within a range. */
export interface BlockVisitor {
  /**
   * @param address of the block's start, its header included
   * @param stride bytes from its start to the next block's start
   * @param live false for free blocks (cached by a thread or not)
   * @param request bytes the program asked for where the allocator keeps that exactly (NT heap), else -1
   */
  block(address: Address, stride: number, live: boolean, request: number): void;
  /** Something in the heap that makes no sense at `address`; the walk goes on where it can. */
  damage(address: Address, message: string): void;
}

/** Sizes in bytes that a program may have asked for, both ends included. */
export interface RequestRange {
  readonly min: number;
  readonly max: number;
}

/** Knowledge about one memory allocator. To add one: a file or folder here, and a line in index.ts. */
export interface Allocator {
  /** Kebab-case; stands in reports and docs. */
  readonly id: string;
  readonly displayName: string;
  /** Where the structures are described. */
  readonly reference: string;
  /** Bytes from a block's start (its header) to what the program was handed. */
  headerBytes(dump: Dump): number;
  /**
   * Finds the heaps from the bytes alone, without symbols. Cheap for dumps that have none: reads little more than
   * writable regions' likely places. Never throws on damaged memory.
   */
  findHeaps(memory: Memory): Heap[];
  /**
   * Tells the visitor of every block. A generator, so that long walks can be interrupted: it yields every few
   * thousand blocks. Ends whatever the bytes say: no cycle, no count from the dump is trusted.
   */
  walk(heap: Heap, memory: Memory, visitor: BlockVisitor): Generator<void, void>;
  /** The requests that end up as blocks of this stride; null when no request does. */
  requestRange(stride: number, dump: Dump): RequestRange | null;
  /** Further strides that requests of this stride get now and then; left out where there are none. */
  otherStrides?(stride: number, dump: Dump): readonly number[];
}
