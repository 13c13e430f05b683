import type { Address } from '../../model/address.ts';

/** Chunks that follow one another without a gap: a heap of a thread arena, the sbrk heap, a piece of it. */
export interface Run {
  /** The first chunk. */
  readonly start: Address;
  /** Exclusive: where the memory of the run ends. */
  readonly end: Address;
  /** The arena's top chunk where it lies in this run, the last chunk then; else fenceposts end the run. */
  readonly top: Address | undefined;
  /** Ends the run at the first fenceposts; else a sbrk heap may go on after them. */
  readonly stopAtFence?: boolean;
}
