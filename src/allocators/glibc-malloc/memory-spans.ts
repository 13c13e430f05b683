import type { Address } from '../../model/address.ts';
import type { Dump } from '../../model/dump.ts';

/** Writable memory without a gap that belongs to no image; one or more of the dump's regions. */
export interface MemorySpan {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  /** Where its regions start, ascending, `start` first. */
  readonly starts: readonly Address[];
}

/**
 * Joins neighbouring writable regions: one mapping shows as several when parts of it were given other attributes, as
 * neighbouring mappings show as one when they have the same.
 */
export function writableSpans(dump: Dump): MemorySpan[] {
  const spans: { start: Address; end: Address; starts: Address[] }[] = [];
  for (const { start, end, kind, writable } of dump.regions) {
    if (!writable || kind === 'image' || kind === 'mapped-file') continue;
    const last = spans.at(-1);
    if (last?.end === start) {
      last.end = end;
      last.starts.push(start);
    } else {
      spans.push({ start, end, starts: [start] });
    }
  }
  return spans;
}
