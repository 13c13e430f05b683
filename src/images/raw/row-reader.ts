import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { type ReadBudget, spend } from '../image-bytes.ts';

/** Rows of memory of equal length, counted from `base`, which is row 0; those before it have negative numbers. */
export interface RowReader {
  /** Undefined where the dump does not hold it as a whole, or the budget is used up. What is returned is kept for a few further calls. */
  row(index: number): Uint8Array | undefined;
}

const heldRows = 6;

export function rowReader(memory: Memory, base: Address, stride: number, budget: ReadBudget): RowReader {
  const held = Array.from({ length: heldRows }, () => ({ index: Number.NaN, bytes: new Uint8Array(stride) }));
  let next = 0;
  return {
    row(index) {
      const known = held.find((one) => one.index === index);
      if (known) return known.bytes;
      if (!spend(budget, stride)) return undefined;
      const slot = held[next]!;
      next = (next + 1) % heldRows;
      const got = memory.read(base + index * stride, slot.bytes);
      slot.index = got === stride ? index : Number.NaN;
      return got === stride ? slot.bytes : undefined;
    },
  };
}
