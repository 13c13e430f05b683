import type { Method } from '../model/leak-report.ts';
import { type AddressSketch, newAddressSketch } from './address-sketch.ts';

/** Live blocks of one stride in every dump. Arrays run over the dumps in capture order. */
export interface AllocationClass {
  /** Id of the allocator that was walked; null where only the stride was seen. */
  readonly allocator: string | null;
  readonly method: Method;
  /** Bytes from block to block. */
  readonly stride: number;
  readonly counts: Float64Array;
  /** Null where free blocks cannot be seen. */
  readonly freeCounts: Float64Array | null;
  /** Relative bound of the counts' error, 0 when walked. */
  readonly countError: number;
  /** Live blocks by exact request, where the allocator keeps it; else empty. */
  readonly requests: Map<number, Float64Array>;
  /** Live blocks, sampled alike in every dump. */
  readonly sketches: readonly AddressSketch[];
}

export function newWalkedClass(allocator: string, stride: number, dumpCount: number): AllocationClass {
  return {
    allocator,
    method: 'chunk-walk',
    stride,
    counts: new Float64Array(dumpCount),
    freeCounts: new Float64Array(dumpCount),
    countError: 0,
    requests: new Map(),
    sketches: Array.from({ length: dumpCount }, newAddressSketch),
  };
}
