// What the scan found out about pages saves reading them again: those of the first dump that hold nothing, and those of
// the others that are as in the dump before, where what was found there still stands.
import type { PageKind } from '../../kernels/kernels.ts';
import { openKernels } from '../../kernels/open-kernels.ts';
import { newPlaces } from '../../kernels/take-places.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import { type PageMap, pageFlags, type TrackPages } from '../../model/page-map.ts';

/**
 * Stretches of pages that touch a window, sorted: all that the dump has there is zero in the first dump, and in the
 * others as in the dump before. Windows must be asked for in ascending order; what was told of the last one is forgotten.
 */
export type KnownPages = (dump: number, window: Interval) => Stretches;

export interface Stretches {
  readonly count: number;
  /** Start and end of each. */
  readonly bounds: Float64Array;
}

/** Shorter ones are not told of: they are read along with what is beside them faster than passed over. */
const shortestStretch = 32 << 10;

/**
 * @param pageMap filled by the scan of dumps of one address space; of all tracks that are asked for. A page that it
 *   knows nothing of is neither empty nor the same.
 * @param windowBytes of each window, at most
 */
export function knownPages({ tracks, bytesPerPage }: PageMap, windowBytes: number): KnownPages {
  const sorted = [...tracks].sort((a, b) => a.start - b.start);
  const endOf = ({ start, pageCount }: TrackPages) => start + pageCount * bytesPerPage;
  const least = Math.ceil(shortestStretch / bytesPerPage);
  const zero: PageKind = { mask: pageFlags.zero | pageFlags.populated, wanted: pageFlags.zero, least };
  const unchanged: PageKind = { mask: becomings, wanted: pageFlags.unchanged, least };
  const mostPages = Math.ceil((windowBytes + 2 * shortestStretch) / bytesPerPage) + 1;
  const { take, size } = newPlaces(8);
  const place = take(mostPages);
  const runs = take(16 * mostPages);
  const kernels = openKernels(size());
  const flags = new Uint8Array(kernels.buffer, place, mostPages);
  const bounds = new Float64Array(kernels.buffer, runs, 2 * mostPages);
  let next = 0;
  let near: TrackPages[] = [];
  return (dump, window) => {
    const start = Math.floor((window.start - shortestStretch) / bytesPerPage) * bytesPerPage;
    const end = window.end + shortestStretch;
    while (next < sorted.length && sorted[next]!.start < end) near.push(sorted[next++]!);
    if (near.some((track) => endOf(track) <= start)) near = near.filter((track) => endOf(track) > start);
    const { address, count } = fillFlags(near, dump, { start, end });
    const pages = { flags: place, count, address, pageBytes: bytesPerPage };
    return { count: kernels.runsOf(dump === 0 ? zero : unchanged, pages, runs), bounds };
  };

  /** Of the pages that the tracks have in a window that begins with a page. */
  function fillFlags(tracks: readonly TrackPages[], dump: number, { start, end }: Interval): FlagsOfWindow {
    const count = Math.ceil((end - start) / bytesPerPage);
    const [only] = tracks;
    if (only !== undefined && tracks.length === 1) {
      const first = (start - only.start) / bytesPerPage;
      const from = Math.max(0, first);
      const own = only.pages[dump]!.subarray(from, first + count);
      flags.set(own);
      return { address: only.start + from * bytesPerPage, count: own.length };
    }
    flags.fill(unknown, 0, count);
    // They may share a page at their borders.
    for (const track of tracks) {
      const pages = track.pages[dump]!;
      const first = (start - track.start) / bytesPerPage;
      const stop = Math.min(count, track.pageCount - first);
      for (let page = Math.max(0, -first); page < stop; page++)
        flags[page] = (flags[page]! & ~unknown) | pages[page + first]!;
    }
    return { address: start, count };
  }
}

interface FlagsOfWindow {
  /** Of the first page. */
  readonly address: Address;
  readonly count: number;
}

const becomings = pageFlags.unchanged | pageFlags.changed | pageFlags.new;
/** Of pages that belong to no track: beside pageFlags. */
const unknown = 128;
