// What the scan found out about pages saves reading them again: those of the first dump that hold nothing, and those of
// the others that are as in the dump before, where what was found there still stands.
import type { Interval } from '../../model/intervals.ts';
import { type PageMap, pageFlags, type TrackPages } from '../../model/page-map.ts';

/**
 * Stretches of pages that touch a window, sorted: in the first dump all zero, in the others all that the dump has there
 * is as in the dump before. Windows must be asked for in ascending order.
 */
export type KnownPages = (dump: number, window: Interval) => Interval[];

/** Shorter ones are not told of: they are read along with what is beside them faster than passed over. */
const shortestStretch = 64 << 10;

/**
 * @param pageMap filled by the scan of dumps of one address space; of all tracks that are asked for. A page that it
 *   knows nothing of is neither empty nor the same.
 */
export function knownPages({ tracks, bytesPerPage }: PageMap): KnownPages {
  const sorted = [...tracks].sort((a, b) => a.start - b.start);
  const endOf = ({ start, pageCount }: TrackPages) => start + pageCount * bytesPerPage;
  let next = 0;
  let near: TrackPages[] = [];
  return (dump, window) => {
    const start = Math.floor((window.start - shortestStretch) / bytesPerPage) * bytesPerPage;
    const end = window.end + shortestStretch;
    while (next < sorted.length && sorted[next]!.start < end) near.push(sorted[next++]!);
    if (near.some((track) => endOf(track) <= start)) near = near.filter((track) => endOf(track) > start);
    const flags = new Uint8Array(Math.ceil((end - start) / bytesPerPage));
    // Tracks may share a page at their borders.
    for (const track of near) {
      const pages = track.pages[dump]!;
      const offset = (start - track.start) / bytesPerPage;
      const last = Math.min(flags.length, track.pageCount - offset);
      for (let page = Math.max(0, -offset); page < last; page++) flags[page]! |= pages[page + offset]!;
    }
    return dump === 0
      ? stretchesOf(flags, pageFlags.zero | pageFlags.populated, pageFlags.zero, { start, bytesPerPage })
      : stretchesOf(flags, becomings, pageFlags.unchanged, { start, bytesPerPage });
  };
}

const becomings = pageFlags.unchanged | pageFlags.changed | pageFlags.new;

/** Stretches of pages that have exactly the wanted one of these flags. */
function stretchesOf(
  flags: Uint8Array,
  mask: number,
  wanted: number,
  { start, bytesPerPage }: { readonly start: number; readonly bytesPerPage: number },
): Interval[] {
  const found: Interval[] = [];
  for (let page = 0; page < flags.length; ) {
    let end = page;
    while (end < flags.length && (flags[end]! & mask) === wanted) end++;
    if ((end - page) * bytesPerPage >= shortestStretch)
      found.push({ start: start + page * bytesPerPage, end: start + end * bytesPerPage });
    page = end + 1;
  }
  return found;
}
