// Which address stands where in a picture, for readers who point at it. Kinds and places only, never contents.
import { formatAddress } from '../model/address.ts';
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
  const bandsOf = () =>
    layout.bands.map((band) =>
      band.kind === 'fold'
        ? foldBand(band)
        : cellBand(input, band, { pageBytes, pages: pagesOf.get(band.story.track.id) }),
    );
  let bands = bandsOf();
  while (bands.reduce((sum, band) => sum + band.pages.length, 0) > Math.max(mostRuns, bands.length)) {
    pageBytes *= 2;
    bands = bandsOf();
  }
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

function cellBand(input: PictureInput, band: CellBand, { pageBytes, pages }: BandPages): LookupBand {
  const layout = layoutOf(input);
  const { bytesPerCell } = layout;
  const { top, height, cellCount, side, story } = band;
  const start = cellAddress(layout, band, 0);
  const end = start + cellCount * bytesPerCell;
  const firstPage = Math.floor(start / pageBytes) * pageBytes;
  const runs: [number, PageStates][] = [];
  for (let address = firstPage; address < end; address += pageBytes) {
    const states = story.track.presence
      .map((_, dump) => pageState(input, band, { pages, dump, address, end: address + pageBytes }))
      .join('');
    const last = runs.at(-1);
    if (last?.[1] === states) last[0]++;
    else runs.push([1, states]);
  }
  return {
    top,
    height,
    text: null,
    start: formatAddress(start, input.report.dumps[0]!.pointerSize),
    cellCount,
    side,
    // The track's name may be a path; the report's region has what may be shown.
    region: `${story.region?.name || 'memory'} (${story.track.kind})`,
    skew: (start - firstPage) / bytesPerCell,
    pages: runs,
  };
}

/** Of several pages taken together: populated if one is; the most that became of one. */
function pageState(
  { pageMap }: PictureInput,
  { story }: CellBand,
  asked: {
    readonly pages: TrackPages | undefined;
    readonly dump: number;
    readonly address: number;
    readonly end: number;
  },
): string {
  const { pages, dump } = asked;
  let flags = 0;
  if (pages) {
    const first = Math.max(0, Math.floor((asked.address - pages.start) / pageMap.bytesPerPage));
    const end = Math.min(pages.pageCount, Math.ceil((asked.end - pages.start) / pageMap.bytesPerPage));
    for (let page = first; page < end; page++) flags |= pages.pages[dump]![page]!;
  }
  if (flags === 0) return isMapped(story.track, dump, Math.max(asked.address, story.track.start)) ? '?' : '-';
  const became = [pageFlags.changed, pageFlags.new, pageFlags.unchanged].find((flag) => (flags & flag) !== 0);
  const digit =
    became === undefined ? 0 : { [pageFlags.unchanged]: 1, [pageFlags.changed]: 2, [pageFlags.new]: 3 }[became];
  return String(digit + (flags & pageFlags.populated ? 4 : 0));
}
