import type { Address } from '../../model/address.ts';
import type { Dump, MemoryRegion } from '../../model/dump.ts';
import { columnsOf, type Interval, intervalsLike, union } from '../../model/intervals.ts';
import { type List, type RowForm, tableOver } from '../../model/list.ts';
import { lowerBound } from '../../model/lower-bound.ts';

/** Writable memory without a gap that belongs to no image; one or more of the dump's regions. */
export interface MemorySpan {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  /** Where its regions start, ascending, `start` first. */
  readonly starts: readonly Address[];
}

/** Spans in columns, for there may be a million; where their regions start stands in one list of all. */
function spanForm(regionStarts: Float64Array): RowForm<MemorySpan> {
  return {
    columnTypes: [Float64Array, Float64Array],
    write([starts, ends], index, { start, end }) {
      starts![index] = start;
      ends![index] = end;
    },
    read([starts, ends], index) {
      const [start, end] = [starts![index]!, ends![index]!];
      return {
        start,
        end,
        get starts() {
          return Array.from(regionStarts.subarray(lowerBound(regionStarts, start), lowerBound(regionStarts, end)));
        },
      };
    },
  };
}

/**
 * Joins neighbouring writable regions: one mapping shows as several when parts of it were given other attributes, as
 * neighbouring mappings show as one when they have the same.
 */
export function writableSpans({ regions }: Dump): List<MemorySpan> {
  const apart = intervalsLike(wanted(), regions);
  return tableOver(spanForm(columnsOf(apart)[0]), union(apart).columns);

  function* wanted(): Generator<Interval, void> {
    for (const region of regions) if (isWanted(region)) yield region;
  }
}

function isWanted({ writable, kind }: MemoryRegion): boolean {
  return writable && kind !== 'image' && kind !== 'mapped-file';
}
