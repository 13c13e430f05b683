// Of which pages it is kept what became of them in each dump.
import type { PageMap } from '../model/page-map.ts';
import type { Track } from '../model/track.ts';
import { sharedBytes } from './shared-bytes.ts';

/** Of all dumps together, one byte each: what readers point at, which is no finer than what pictures show. */
const mostPages = 8_000_000;

/**
 * An empty page map of those tracks, to be filled by the scan.
 * @param pageBytes of the scan
 */
export function planPages(tracks: readonly Track[], trackIds: ReadonlySet<string>, pageBytes: number): PageMap {
  const chosen = tracks.filter(({ id }) => trackIds.has(id));
  const dumpCount = tracks[0]?.presence.length ?? 1;
  const bytes = chosen.reduce((sum, { start, end }) => sum + end - start, 0);
  let bytesPerPage = pageBytes;
  while ((bytes / bytesPerPage) * dumpCount > mostPages) bytesPerPage *= 2;
  const places = chosen.map((track) => {
    const start = Math.floor(track.start / bytesPerPage) * bytesPerPage;
    return { trackId: track.id, start, pageCount: Math.ceil((track.end - start) / bytesPerPage) };
  });
  const take = sharedBytes(dumpCount * places.reduce((sum, { pageCount }) => sum + pageCount, 0), 0);
  return {
    bytesPerPage,
    tracks: places.map((place) => ({
      ...place,
      pages: Array.from({ length: dumpCount }, () => take(place.pageCount)),
    })),
  };
}
