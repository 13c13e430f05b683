import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { unusedAtEnd } from './entry.ts';

/** A header takes this many bytes of a block with either pointer width: of 16, 8 are the block's before. */
const leastUnused = 8;

/** From a block's end to the 2-byte count of unused bytes that do not fit in the header. */
const countFromEnd = 4;

/**
 * Bytes that the program asked for: the block without its unused bytes. -1 where the heap does not say, as for
 * blocks that it took for itself.
 */
export function requestOf(memory: Memory, block: Address, stride: number, unusedByte: number): number {
  let unused = unusedByte;
  if (unusedByte === unusedAtEnd) unused = memory.u16(block + stride - countFromEnd) ?? 0;
  const isCount = unused >= leastUnused && unused <= stride && (unusedByte !== unusedAtEnd || unused >= unusedAtEnd);
  return isCount ? stride - unused : -1;
}
