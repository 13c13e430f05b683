// Which address stands where in a picture, for readers who point at it. Kinds and places only, never contents.
import { type Address, formatAddress } from '../model/address.ts';
import { pageFlags, type TrackPages } from '../model/page-map.ts';
import type { LookupBand, MemoryLookup, PageStates, PictureLookup } from '../model/picture-lookup.ts';
import { type CellBand, cellAddress, isMapped, layoutOf } from './layout.ts';
import type { PageSpec } from './page/page-types.ts';
import { planPage } from './page/plan-page.ts';
import { bytesText } from './page/size-text.ts';
import type { PictureInput } from './picture.ts';

/** Runs in all bands; beyond, pages are taken together, so that a report stays small whatever memory looks like. */
const mostRuns = 20_000;

const lookups = new WeakMap<PictureInput, MemoryLookup>();

/** The lookup of a picture of one dump. */
export function pictureLookup(input: PictureInput, page: PageSpec, dump: number): PictureLookup {
  const { content } = planPage(page);
  return { left: content.x, top: content.y, dump, memory: memoryLookup(input) };
}

/** Made once per input. */
export function memoryLookup(input: PictureInput): MemoryLookup {
  const known = lookups.get(input);
  if (known) return known;
  const layout = layoutOf(input);
  const { pointerSize, pageSize } = input.report.dumps[0]!;
  const pagesOf = new Map(input.pageMap.tracks.map((pages) => [pages.trackId, pages]));
  let pageBytes = Math.max(input.pageMap.bytesPerPage, layout.bytesPerCell);
  const statesOfBands = () =>
    layout.bands.map((band) =>
      band.kind === 'fold' ? [] : bandStates(input, band, { pageBytes, pages: pagesOf.get(band.story.track.id) }),
    );
  let states = statesOfBands();
  while (states.reduce((sum, band) => sum + countRuns(band), 0) > Math.max(mostRuns, layout.bands.length)) {
    pageBytes *= 2;
    states = statesOfBands();
  }
  const bands = layout.bands.map((band, index) =>
    band.kind === 'fold' ? foldBand(band) : cellBand(input, band, states[index]!, pageBytes),
  );
  const { bytesPerCell, columns, cellWidth, cellHeight } = layout;
  const lookup = {
    bytesPerCell,
    columns,
    cellWidth,
    cellHeight,
    pointerSize,
    cellsPerPage: pageBytes / bytesPerCell,
    togetherText: pageBytes > pageSize ? bytesText(pageBytes) : null,
    bands,
  };
  lookups.set(input, lookup);
  return lookup;
}

function foldBand({ top, height, text }: { top: number; height: number; text: string }): LookupBand {
  return { top, height, text, start: '', cellCount: 0, side: 1, region: '', skew: 0, pages: [] };
}

interface BandPages {
  /** Size of the pages told; those of the track's are as large or smaller. */
  readonly pageBytes: number;
  readonly pages: TrackPages | undefined;
}

/** States of a band's pages, dump by dump. */
function bandStates(input: PictureInput, band: CellBand, { pageBytes, pages }: BandPages): Uint8Array[] {
  const layout = layoutOf(input);
  const start = cellAddress(layout, band, 0);
  const end = start + band.cellCount * layout.bytesPerCell;
  const firstPage = Math.floor(start / pageBytes) * pageBytes;
  const pageCount = Math.ceil((end - firstPage) / pageBytes);
  return band.story.track.presence.map((_, dump) =>
    statesOf(input, band, { pages, dump, firstPage, pageBytes, pageCount }),
  );
}

function cellBand(input: PictureInput, band: CellBand, states: readonly Uint8Array[], pageBytes: number): LookupBand {
  const layout = layoutOf(input);
  const { top, height, cellCount, side, story } = band;
  const start = cellAddress(layout, band, 0);
  return {
    top,
    height,
    text: null,
    start: formatAddress(start, input.report.dumps[0]!.pointerSize),
    cellCount,
    side,
    // The track's name may be a path; the report's region has what may be shown.
    region: `${story.region?.name || 'memory'} (${story.track.kind})`,
    skew: (start - Math.floor(start / pageBytes) * pageBytes) / layout.bytesPerCell,
    pages: alikeRuns(states),
  };
}

/** What is told of a page, by its state: what became of it, 4 more if it is populated; then those without a capture. */
const stateCharacters = '01234567?-';
const notCaptured = 8;
const notMapped = 9;

/** State by flags. Of several pages taken together: populated if one is; the most that became of one. */
const stateOfFlags = Uint8Array.from({ length: 32 }, (_, flags) => {
  let became = 0;
  if (flags & pageFlags.changed) became = 2;
  else if (flags & pageFlags.new) became = 3;
  else if (flags & pageFlags.unchanged) became = 1;
  return became + (flags & pageFlags.populated ? 4 : 0);
});

interface AskedPages {
  readonly pages: TrackPages | undefined;
  readonly dump: number;
  readonly firstPage: Address;
  readonly pageBytes: number;
  readonly pageCount: number;
}

/** States of a band's pages in one dump. */
function statesOf({ pageMap }: PictureInput, { story }: CellBand, asked: AskedPages): Uint8Array {
  const { dump, firstPage, pageBytes, pageCount } = asked;
  const states = new Uint8Array(pageCount);
  const flagsOf = asked.pages?.pages[dump]?.subarray(0, asked.pages.pageCount) ?? new Uint8Array();
  const offset = firstPage - (asked.pages?.start ?? 0);
  const { bytesPerPage } = pageMap;
  for (let page = 0; page < pageCount; page++) {
    const end = Math.min(flagsOf.length, Math.ceil((offset + (page + 1) * pageBytes) / bytesPerPage));
    let flags = 0;
    for (let at = Math.max(0, Math.floor((offset + page * pageBytes) / bytesPerPage)); at < end; at++) {
      flags |= flagsOf[at]!;
    }
    if (flags !== 0) states[page] = stateOfFlags[flags]!;
    else {
      const address = Math.max(firstPage + page * pageBytes, story.track.start);
      states[page] = isMapped(story.track, dump, address) ? notCaptured : notMapped;
    }
  }
  return states;
}

/** Runs of pages that are alike in every dump; `states` of each dump, none where there are no pages. */
function countRuns(states: readonly Uint8Array[]): number {
  const pageCount = states[0]?.length ?? 0;
  let runs = 0;
  for (let page = 0; page < pageCount; page++) if (page === 0 || !isAlike(states, page)) runs++;
  return runs;
}

/** The runs of one band; `states` of each dump. */
function alikeRuns(states: readonly Uint8Array[]): [number, PageStates][] {
  const pageCount = states[0]!.length;
  const runs: [number, PageStates][] = [];
  let first = 0;
  for (let page = 1; page <= pageCount; page++) {
    if (page < pageCount && isAlike(states, page)) continue;
    runs.push([page - first, states.map((dump) => stateCharacters[dump[first]!]).join('')]);
    first = page;
  }
  return runs;
}

/** Whether a page is as the one before in every dump. */
function isAlike(states: readonly Uint8Array[], page: number): boolean {
  for (let dump = 0; dump < states.length; dump++) if (states[dump]![page] !== states[dump]![page - 1]) return false;
  return true;
}
