import { page } from '../../draw/palette.ts';
import type { PerDump } from '../../model/leak-report.ts';
import type { TrackStory } from '../layout/fold-tracks.ts';
import { type Layout, rowAddress } from '../layout.ts';
import type { SideNote, TextLine } from './page-types.ts';
import { addressText, bytesChangeText, bytesText } from './size-text.ts';

/** Least pixels between two regular addresses of the ruler. */
const rulerStep = 60;
/** More sizes than this in a row are cut in the middle. */
const mostSizes = 5;
/** A label stands near the top of a tall band rather than at its edge. */
const labelInset = 18;

/** Addresses at every band's first row, and at regular rows where there is room. */
export function rulerNotes(layout: Layout): SideNote[] {
  const notes: SideNote[] = [];
  const half = Math.floor(layout.cellHeight / 2);
  let rowsPerStep = 1;
  while (rowsPerStep * layout.cellHeight < rulerStep * layout.textScale) rowsPerStep *= 2;
  for (const band of layout.bands) {
    if (band.kind !== 'cells') continue;
    const rows = band.height / layout.cellHeight;
    for (let row = 0; row < rows; row += rowsPerStep) {
      const text = addressText(rowAddress(layout, band, row));
      const isStart = row === 0;
      notes.push({
        at: band.top + row * layout.cellHeight + half,
        lines: [{ text, colour: isStart ? page.ink : page.softInk }],
        priority: band.story.growthBytes,
        fixed: !isStart,
      });
    }
  }
  return notes;
}

/** A label for every region that is drawn, and a bar along those that grow. */
export function regionNotes(layout: Layout): SideNote[] {
  const notes: SideNote[] = [];
  const labelled = new Set<string>();
  for (const band of layout.bands) {
    if (band.kind !== 'cells') continue;
    const { story } = band;
    const grows = story.growthBytes > 0 && !story.isSteady;
    const span = { from: band.top, to: band.top + band.height, colour: grows ? page.growth : page.line };
    const isFirst = !labelled.has(story.track.id);
    labelled.add(story.track.id);
    notes.push({
      at: band.top + Math.min(Math.floor(band.height / 2), labelInset * layout.textScale),
      lines: isFirst ? regionLines(story, grows) : [{ text: 'continued', colour: page.softInk }],
      priority: isFirst ? story.growthBytes : -1,
      span,
    });
  }
  return notes;
}

function regionLines(story: TrackStory, grows: boolean): TextLine[] {
  const name = regionName(story);
  const sizes = grownSizes(story);
  if (!grows) return [{ text: `${name}, ${bytesText(story.mappedBytes)}`, colour: page.ink }];
  return [
    { text: `▲ ${bytesChangeText(story.growthBytes)}  ${name}`, colour: page.growth, bold: true },
    { text: sizes, colour: page.softInk },
  ];
}

/** Kind and name, without saying the same thing twice: `heap [heap]`, `private`, `thread stack`. */
function regionName({ track, region }: TrackStory): string {
  const name = region?.name ?? track.name;
  return name === '' || name === track.kind ? track.kind : `${track.kind} ${name}`;
}

/** `7.1 → 17.0 → 32.0 MB mapped`: of mapped and populated bytes those that grew more. */
function grownSizes(story: TrackStory): string {
  const mapped = story.track.presence.map((presence) => presence?.mappedBytes ?? null);
  const populated = story.region?.populatedBytes ?? [];
  const useful = growth(populated) > growth(mapped) ? populated : mapped;
  const word = useful === mapped ? 'mapped' : 'populated';
  const texts = useful.map((bytes) => (bytes === null ? 'none' : bytesText(bytes)));
  const shown = texts.length > mostSizes ? [...texts.slice(0, 2), '…', ...texts.slice(-2)] : texts;
  return `${word} ${shown.join(' → ')}`;
}

function growth(sizes: PerDump<number>): number {
  return (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
}
