// Tables in the kernels' memory.
import type { Interval } from '../model/intervals.ts';
import type { Place, Table } from './kernels.ts';

/** Bytes of a table of ranges. */
export function rangeTableBytes(ranges: readonly Interval[]): number {
  return 16 * ranges.length;
}

/** Writes the ranges, sorted and not touching, at a place that is a multiple of 8. */
export function writeRanges(buffer: ArrayBuffer, place: Place, ranges: readonly Interval[]): Table {
  const count = ranges.length;
  const table = new BigInt64Array(buffer, place, 2 * count);
  for (const [index, { start, end }] of ranges.entries()) {
    table[index] = BigInt(start);
    table[count + index] = BigInt(end);
  }
  return { place, count };
}
