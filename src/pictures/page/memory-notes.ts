import { lineHeight } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import type { PerDump } from '../../model/leak-report.ts';
import type { TrackStory } from '../layout/fold-tracks.ts';
import { type CellBand, type Layout, rowAddress } from '../layout.ts';
import type { SideNote, TextLine } from './page-types.ts';
import { addressText, bytesChangeText, bytesText, countText } from './size-text.ts';

/** Least pixels between two regular addresses of the ruler. */
const rulerStep = 60;
/** More sizes than this in a row are cut in the middle. */
const mostSizes = 5;
/** A label stands near the top of a tall band rather than at its edge. */
const labelInset = 18;
/** Share of a side that may be covered with text before it is a crowd. */
const crowdedShare = 0.6;
/** In a crowd a region keeps a label of its own from this share of all growth on. */
const importantShare = 0.05;
const noteGap = 3;

function cellBands(layout: Layout): CellBand[] {
  return layout.bands.filter((band) => band.kind === 'cells');
}

/** Addresses at every band's first row, and at regular rows where there is room. */
export function rulerNotes(layout: Layout): SideNote[] {
  const bands = cellBands(layout);
  const line = (lineHeight + noteGap) * layout.textScale;
  // In a crowd only those are shown that fit where they belong, the highest bands first.
  const isCrowded = bands.length * line > layout.height * crowdedShare;
  if (isCrowded) bands.sort((a, b) => b.height - a.height || a.top - b.top);
  const half = Math.floor(layout.cellHeight / 2);
  let rowsPerStep = 1;
  while (rowsPerStep * layout.cellHeight < rulerStep * layout.textScale) rowsPerStep *= 2;
  return bands.flatMap((band) => {
    const notes: SideNote[] = [];
    const step = Math.ceil(rowsPerStep / band.side) * band.side;
    for (let row = 0; row < band.height / layout.cellHeight; row += step) {
      const isStart = row === 0;
      notes.push({
        at: band.top + row * layout.cellHeight + half,
        lines: [{ text: addressText(rowAddress(layout, band, row)), colour: isStart ? page.ink : page.softInk }],
        priority: band.story.growthBytes,
        fixed: isCrowded || !isStart,
      });
    }
    return notes;
  });
}

/** Regions that share a label; one, unless there are too many. */
interface Group {
  readonly stories: TrackStory[];
  readonly from: number;
  to: number;
}

/** A label for every region that is drawn, and a bar along those that grow. In a crowd small neighbours share one. */
export function regionNotes(layout: Layout): SideNote[] {
  const bands = cellBands(layout);
  const groups = groupBands(bands, layout);
  const labels = groups.map((group): SideNote => {
    const isGrowing = group.stories.some(grows);
    const growthBytes = group.stories.reduce((sum, story) => sum + story.growthBytes, 0);
    const [story] = group.stories;
    const isOne = group.stories.length === 1;
    const inset = labelInset * layout.textScale;
    return {
      at: isOne ? group.from + Math.min(Math.floor((group.to - group.from) / 2), inset) : (group.from + group.to) >> 1,
      lines: isOne ? regionLines(story!, isGrowing) : groupLines(group.stories, growthBytes),
      priority: growthBytes,
      span: { from: group.from, to: group.to, colour: isGrowing ? page.growth : page.line },
    };
  });
  // Later bands of a region that is cut by a fold have a bar, and their name stands above.
  const seen = new Set<string>();
  for (const { story, top, height } of bands) {
    if (!seen.has(story.track.id)) seen.add(story.track.id);
    else {
      const colour = grows(story) ? page.growth : page.line;
      labels.push({ at: top, lines: [], priority: 0, fixed: true, span: { from: top, to: top + height, colour } });
    }
  }
  return labels;
}

function grows(story: TrackStory): boolean {
  return story.growthBytes > 0 && !story.isSteady;
}

function groupBands(bands: readonly CellBand[], layout: Layout): Group[] {
  const seen = new Set<TrackStory>();
  const firsts = bands.filter(({ story }) => {
    const isFirst = !seen.has(story);
    seen.add(story);
    return isFirst;
  });
  const line = lineHeight * layout.textScale;
  const needed = firsts.reduce((sum, { story }) => sum + line * (grows(story) ? 2 : 1) + noteGap, 0);
  const isCrowded = needed > layout.height;
  const total = firsts.reduce((sum, { story }) => sum + Math.max(0, story.growthBytes), 0);
  const groups: Group[] = [];
  let isOpen = false;
  for (const { story, top, height } of firsts) {
    const isSmall = height < line * 2 && story.growthBytes < total * importantShare;
    const last = groups.at(-1);
    if (isCrowded && isSmall && isOpen && last) {
      last.stories.push(story);
      last.to = top + height;
    } else groups.push({ stories: [story], from: top, to: top + height });
    isOpen = isSmall;
  }
  return groups;
}

function regionLines(story: TrackStory, isGrowing: boolean): TextLine[] {
  const name = regionName(story);
  if (!isGrowing) return [{ text: `${name}, ${bytesText(story.mappedBytes)}`, colour: page.ink }];
  return [growthLine(story.growthBytes, name), { text: grownSizes(story), colour: page.softInk }];
}

function groupLines(stories: readonly TrackStory[], growthBytes: number): TextLine[] {
  const kinds = [...new Set(stories.map((story) => story.track.kind))].join(', ');
  const name = `${countText(stories.length)} regions (${kinds})`;
  const mapped = stories[0]!.track.presence.map((_, dump) =>
    stories.reduce((sum, story) => sum + (story.track.presence[dump]?.mappedBytes ?? 0), 0),
  );
  const sizes = { text: `mapped ${sizesText(mapped)}`, colour: page.softInk };
  if (growthBytes <= 0) return [{ text: name, colour: page.ink }, sizes];
  return [growthLine(growthBytes, name), sizes];
}

function growthLine(growthBytes: number, name: string): TextLine {
  return { text: `▲ ${bytesChangeText(growthBytes)}  ${name}`, colour: page.growth, bold: true };
}

/** Kind and name, without saying the same thing twice: `heap [heap]`, `private`, `thread stack`. */
function regionName({ track, region }: TrackStory): string {
  const name = region?.name ?? track.name;
  return name === '' || name === track.kind ? track.kind : `${track.kind} ${name}`;
}

/** `mapped 7.1 MB → 17.0 MB → 32.0 MB`: of mapped and populated bytes those that grew more. */
function grownSizes(story: TrackStory): string {
  const mapped = story.track.presence.map((presence) => presence?.mappedBytes ?? null);
  const populated = story.region?.populatedBytes ?? [];
  const useful = growth(populated) > growth(mapped) ? populated : mapped;
  return `${useful === mapped ? 'mapped' : 'populated'} ${sizesText(useful)}`;
}

function sizesText(sizes: PerDump<number>): string {
  const texts = sizes.map((bytes) => (bytes === null ? 'none' : bytesText(bytes)));
  const shown = texts.length > mostSizes ? [...texts.slice(0, 2), '…', ...texts.slice(-2)] : texts;
  return shown.join(' → ');
}

function growth(sizes: PerDump<number>): number {
  return (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
}
