// Tables in the kernels' memory.
import type { Interval } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import type { Place, Table } from './kernels.ts';

/** Bytes of a table of ranges. */
export function rangeTableBytes(ranges: List<Interval>): number {
  return 16 * ranges.length;
}

/** Writes the ranges, sorted and not touching, at a place that is a multiple of 8. */
export function writeRanges(buffer: ArrayBuffer, place: Place, ranges: List<Interval>): Table {
  const count = ranges.length;
  const table = new BigInt64Array(buffer, place, 2 * count);
  let index = 0;
  for (const { start, end } of ranges) {
    table[index] = BigInt(start);
    table[count + index] = BigInt(end);
    index += 1;
  }
  return { place, count };
}
