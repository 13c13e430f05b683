import type { Address } from '../../model/address.ts';
import type { Dump } from '../../model/dump.ts';
import { type List, newTable, type RowForm } from '../../model/list.ts';

/** Writable memory without a gap that belongs to no image; one or more of the dump's regions. */
export interface MemorySpan {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  /** Where its regions start, ascending, `start` first. */
  readonly starts: readonly Address[];
}

/** Spans in columns, for there may be a million; `starts` of all of them stand in one list. */
function spanForm(): RowForm<MemorySpan> {
  const starts: Address[] = [];
  return {
    columnTypes: [Float64Array, Float64Array, Uint32Array, Uint32Array],
    write([spanStarts, ends, firsts, counts], index, span) {
      spanStarts![index] = span.start;
      ends![index] = span.end;
      firsts![index] = starts.length;
      counts![index] = span.starts.length;
      for (const start of span.starts) starts.push(start);
    },
    read: ([spanStarts, ends, firsts, counts], index) => ({
      start: spanStarts![index]!,
      end: ends![index]!,
      starts: starts.slice(firsts![index]!, firsts![index]! + counts![index]!),
    }),
  };
}

/**
 * Joins neighbouring writable regions: one mapping shows as several when parts of it were given other attributes, as
 * neighbouring mappings show as one when they have the same.
 */
export function writableSpans(dump: Dump): List<MemorySpan> {
  return newTable(spanForm(), joined(dump));
}

function* joined(dump: Dump): Generator<MemorySpan, void> {
  let last: { start: Address; end: Address; starts: Address[] } | undefined;
  for (const { start, end, kind, writable } of dump.regions) {
    if (!writable || kind === 'image' || kind === 'mapped-file') continue;
    if (last?.end === start) {
      last.end = end;
      last.starts.push(start);
    } else {
      if (last) yield last;
      last = { start, end, starts: [start] };
    }
  }
  if (last) yield last;
}
