// Which address stands where in a picture, for readers who point at it. Kinds and places only, never contents.
import { formatAddress, type PointerSize } from '../model/address.ts';
import { cellAbsent } from '../model/cell-map.ts';
import type { LookupBand, MemoryLookup, PictureLookup } from '../model/picture-lookup.ts';
import { type CellBand, isMapped, layoutOf, rowAddress } from './layout.ts';
import type { PageSpec } from './page/page-types.ts';
import { planPage } from './page/plan-page.ts';
import type { PictureInput } from './picture.ts';

/** Runs in all bands; beyond, pages are taken together, so that a report stays small whatever memory looks like. */
const mostRuns = 20_000;

const lookups = new WeakMap<PictureInput, MemoryLookup>();

/** The lookup of a picture of one dump; undefined where cells do not stand row by row. */
export function pictureLookup(input: PictureInput, page: PageSpec, dump: number): PictureLookup | undefined {
  if (layoutOf(input).order !== 'linear') return undefined;
  const { content } = planPage(page);
  return { left: content.x, top: content.y, dump, memory: memoryLookup(input) };
}

/** Made once per input. */
export function memoryLookup(input: PictureInput): MemoryLookup {
  const known = lookups.get(input);
  if (known) return known;
  const layout = layoutOf(input);
  const { pointerSize, pageSize } = input.report.dumps[0]!;
  let cellsPerPage = Math.max(1, Math.round(pageSize / layout.bytesPerCell));
  let bands: LookupBand[];
  do {
    bands = layout.bands.map((band) =>
      band.kind === 'fold' ? foldBand(band) : cellBand(input, band, { cellsPerPage, pointerSize }),
    );
    cellsPerPage *= 2;
  } while (bands.reduce((sum, band) => sum + band.pages.length, 0) > Math.max(mostRuns, bands.length));
  const { bytesPerCell, columns, cellWidth, cellHeight } = layout;
  const lookup = { bytesPerCell, columns, cellWidth, cellHeight, pointerSize, cellsPerPage: cellsPerPage / 2, bands };
  lookups.set(input, lookup);
  return lookup;
}

function foldBand({ top, height, text }: { top: number; height: number; text: string }): LookupBand {
  return { top, height, text, start: '', cellCount: 0, side: 1, region: '', skew: 0, pages: [] };
}

interface PageSize {
  readonly cellsPerPage: number;
  readonly pointerSize: PointerSize;
}

function cellBand(input: PictureInput, band: CellBand, { cellsPerPage, pointerSize }: PageSize): LookupBand {
  const { top, height, cellCount, side, story } = band;
  const skew = band.firstCell % cellsPerPage;
  const pages: [number, string][] = [];
  for (let cell = band.firstCell - skew; cell < band.firstCell + cellCount; cell += cellsPerPage) {
    const states = pageStates(input, band, { first: cell, end: cell + cellsPerPage });
    const last = pages.at(-1);
    if (last?.[1] === states) last[0]++;
    else pages.push([1, states]);
  }
  // The track's name may be a path; the report's region has what may be shown.
  const region = `${story.region?.name || 'memory'} (${story.track.kind})`;
  const start = formatAddress(rowAddress(layoutOf(input), band, 0), pointerSize);
  return { top, height, text: null, start, cellCount, side, region, skew, pages };
}

function pageStates(
  input: PictureInput,
  band: CellBand,
  cells: { readonly first: number; readonly end: number },
): string {
  const end = Math.min(cells.end, band.cells.cellCount);
  return band.cells.cells
    .map((codes, dump) => {
      let isCaptured = false;
      for (let cell = cells.first; cell < end; cell++) {
        if (codes[cell] === cellAbsent) continue;
        if (codes[cell] !== 0) return '1';
        isCaptured = true;
      }
      if (isCaptured) return '0';
      const address = band.cells.start + cells.first * layoutOf(input).bytesPerCell;
      return isMapped(band.story.track, dump, address) ? '?' : '-';
    })
    .join('');
}
