import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';

export interface MemoryRange {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
}

/**
 * What was captured of a range, neighbours joined. Ranges come from dumps and may say anything; how much was captured
 * is bounded by the file.
 */
export function* capturedRuns(dump: Dump, range: MemoryRange): Generator<MemoryRange, void> {
  const { captured } = dump;
  let index = Math.max(0, lastStartingAtOrBelow(captured, range.start));
  for (let next = captured.at(index); next !== undefined && next.start < range.end; ) {
    const start = Math.max(range.start, next.start);
    let end: Address = next.start;
    for (; next?.start === end; next = captured.at(index)) {
      end += next.size;
      index += 1;
    }
    if (end > start) yield { start, end: Math.min(end, range.end) };
  }
}

/** What was captured of writable memory, region by region. */
export function* writableRuns(dump: Dump): Generator<MemoryRange, void> {
  for (const region of dump.regions) if (region.writable) yield* capturedRuns(dump, region);
}
