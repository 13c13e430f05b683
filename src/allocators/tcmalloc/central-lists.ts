import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { MemoryRange } from '../captured-runs.ts';
import { addressIn, readWords, staticDataOf } from '../static-data.ts';

/** The array of central free lists, one to each size class (gperftools src/central_freelist.h). */
export interface CentralLists {
  /** Address of the `empty_` list head of class 0. */
  readonly address: Address;
  /** Bytes from one class's lists to the next one's. */
  readonly distance: number;
  /** Size classes, the unused class 0 included. */
  readonly classCount: number;
  /** The static data that they stand in. */
  readonly data: MemoryRange;
}

/** sizeof(Span), next and prev in it (src/span.h). */
export const spanBytes = 48;
export const spanNext = 16;
const spanPrevious = 24;

/** kClassSizesMax of src/common.h. */
export const mostClasses = 128;

/** Fewer classes than any build makes. */
const fewestClasses = 16;

/** A list without a transfer cache, and one with; bytes. */
const distances = { smallest: 112, largest: 4096 } as const;

/**
 * Finds the central lists in static data: class 0 is never used, so both of its list heads point at themselves,
 * with the class's number before them; and the numbers of the following classes stand at equal distances.
 */
export function findCentralLists(memory: Memory): CentralLists | undefined {
  let found: CentralLists | undefined;
  readWords(memory, staticDataOf(memory), 2 * spanBytes, (words, start, data) => {
    // Low halves of what a head would hold, signed: larger numbers are slow until the loop is compiled.
    const firstHead = (start - spanNext) | 0;
    for (let i = 4; i + 18 < words.length; i += 2) {
      // Both heads point at themselves. The low halves first: nearly all places end here.
      if ((words[i]! | 0) !== ((firstHead + i * 4) | 0) || words[i + 2] !== words[i]) continue;
      found = listsFrom(memory, start + i * 4 - spanNext, addressIn(words, i), data);
      if (found !== undefined) return true;
    }
    return undefined;
  });
  return found;
}

function listsFrom(memory: Memory, address: Address, next: Address, data: MemoryRange): CentralLists | undefined {
  if (next !== address || memory.i64(address - 8) !== 0) return undefined;
  if (!isEmptyHead(memory, address) || !isEmptyHead(memory, address + spanBytes)) return undefined;
  for (let distance = distances.smallest; distance <= distances.largest; distance += 8) {
    if (memory.i64(address + distance - 8) !== 1) continue;
    const classCount = countClasses(memory, address, distance);
    if (classCount >= fewestClasses) return { address, distance, classCount, data };
  }
  return undefined;
}

function isEmptyHead(memory: Memory, head: Address): boolean {
  return memory.i64(head + spanNext) === head && memory.i64(head + spanPrevious) === head;
}

function countClasses(memory: Memory, address: Address, distance: number): number {
  let count = 1;
  while (count < mostClasses) {
    const list = address + count * distance;
    if (memory.i64(list - 8) !== count || !isHead(memory, list) || !isHead(memory, list + spanBytes)) break;
    count += 1;
  }
  return count;
}

/** Whether a list head's neighbours point back at it, where they were captured. */
function isHead(memory: Memory, head: Address): boolean {
  const next = memory.i64(head + spanNext);
  const previous = memory.i64(head + spanPrevious);
  if (next === undefined || previous === undefined || next <= 0 || previous <= 0) return false;
  return (memory.i64(next + spanPrevious) ?? head) === head && (memory.i64(previous + spanNext) ?? head) === head;
}
