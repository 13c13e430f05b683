// What the scan found out about pages saves reading them again: those of the first dump that hold nothing, and those of
// the others that are as in the dump before, where what was found there still stands.
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import { type PageMap, pageFlags, type TrackPages } from '../../model/page-map.ts';

/**
 * Stretches of pages that touch a window, sorted: all that the dump has there is zero in the first dump, and in the
 * others as in the dump before. Windows must be asked for in ascending order.
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
    const pages = pagesOf(near, dump, { start, end }, bytesPerPage);
    return dump === 0
      ? stretchesOf(pages, pageFlags.zero | pageFlags.populated, pageFlags.zero, bytesPerPage)
      : stretchesOf(pages, becomings, pageFlags.unchanged, bytesPerPage);
  };
}

const becomings = pageFlags.unchanged | pageFlags.changed | pageFlags.new;
/** Of pages that belong to no track: beside pageFlags. */
const unknown = 128;

/** Flags of pages side by side. */
interface Pages {
  readonly start: Address;
  readonly flags: Uint8Array;
}

/** Those that the tracks have in the window, which begins with a page. */
function pagesOf(tracks: readonly TrackPages[], dump: number, window: Interval, bytesPerPage: number): Pages {
  const count = Math.ceil((window.end - window.start) / bytesPerPage);
  const [only] = tracks;
  if (only !== undefined && tracks.length === 1) {
    const first = (window.start - only.start) / bytesPerPage;
    const from = Math.max(0, first);
    return { start: only.start + from * bytesPerPage, flags: only.pages[dump]!.subarray(from, first + count) };
  }
  const flags = new Uint8Array(count).fill(unknown);
  // They may share a page at their borders.
  for (const track of tracks) {
    const pages = track.pages[dump]!;
    const first = (window.start - track.start) / bytesPerPage;
    const end = Math.min(count, track.pageCount - first);
    for (let page = Math.max(0, -first); page < end; page++)
      flags[page] = (flags[page]! & ~unknown) | pages[page + first]!;
  }
  return { start: window.start, flags };
}

/** Stretches of pages that have exactly the wanted one of these flags, or none at all: nothing of them is captured. */
function stretchesOf({ start, flags }: Pages, mask: number, wanted: number, bytesPerPage: number): Interval[] {
  const least = Math.ceil(shortestStretch / bytesPerPage);
  const isWanted = (page: number) => flags[page] === 0 || (flags[page]! & mask) === wanted;
  const found: Interval[] = [];
  // Any stretch that is long enough holds one of the pages looked at.
  for (let page = least - 1; page < flags.length; page += least) {
    if (!isWanted(page)) continue;
    let first = page;
    while (first > 0 && isWanted(first - 1)) first--;
    let end = page + 1;
    while (end < flags.length && isWanted(end)) end++;
    if (end - first >= least) found.push({ start: start + first * bytesPerPage, end: start + end * bytesPerPage });
    page = end;
  }
  return found;
}
