import { escapeText, longestSentence } from '../../text/escape-text.ts';
import type { EmbeddedPicture } from '../report-format.ts';
import { html, type SafeHtml, trustedMarkup } from './html-template.ts';

/** Nothing in it has to be escaped; it is most of a report. */
function imageSource({ png }: EmbeddedPicture): SafeHtml {
  return trustedMarkup(
    `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`,
  );
}

/** A picture with its title and what to see in it. */
export function pictureFigure(picture: EmbeddedPicture): SafeHtml {
  const description = escapeText(picture.description, longestSentence);
  return html`<figure><div class="frame"><img src="${imageSource(picture)}" width="${picture.width}" height="${picture.height}" alt="${description}"></div>
<figcaption><strong>${escapeText(picture.title)}.</strong> ${description}</figcaption></figure>`;
}

export function isOverview(picture: EmbeddedPicture): boolean {
  return /^overview-\d+$/.test(picture.id);
}

/**
 * Pictures of all dumps on one spot, such as the overviews. Without the script they stand one below the other. All have
 * the same size and show the same address at the same place, so flipping shows only what changed.
 */
export function pictureViewer(pictures: readonly EmbeddedPicture[], labels: readonly string[]): SafeHtml {
  const images = pictures.map(
    (picture) =>
      html`<img src="${imageSource(picture)}" width="${picture.width}" height="${picture.height}" alt="${escapeText(picture.title)}" data-label="${labelOf(picture, labels)}"${lookupPlace(picture)}>`,
  );
  const memory = pictures[0]?.lookup?.memory;
  const last = pictures.at(-1);
  return html`<div class="viewer"${memory !== undefined && html` data-lookup="${JSON.stringify(memory)}"`}>
<div class="tools" hidden role="group" aria-label="Choose the dump">
<button class="tool" type="button" data-part="previous" aria-label="Dump before">◀</button>
<input type="range" min="1" max="${pictures.length}" step="1" value="1" aria-label="Dump" data-part="slider">
<button class="tool" type="button" data-part="next" aria-label="Next dump">▶</button>
<button class="tool" type="button" data-part="blink" aria-pressed="false">Blink</button>
<output data-part="label" aria-live="polite" class="wide"></output>
<button class="tool" type="button" data-part="out" aria-label="Zoom out">−</button>
<output data-part="scale" aria-label="Zoom"></output>
<button class="tool" type="button" data-part="in" aria-label="Zoom in">+</button>
<button class="tool" type="button" data-part="fit">Fit</button>
${memory !== undefined && html`<button class="tool" type="button" data-part="aim" aria-pressed="false">Cross</button>`}
</div>
<div class="stage" data-part="stage" role="group" aria-label="Picture of the chosen dump. Left and right arrow flip between dumps, plus and minus zoom, shift and arrows move.">
<div class="stack" data-part="stack" data-width="${last?.width ?? 1}">${images}</div>
</div>
${memory !== undefined && html`<p class="tools readout" hidden><output data-part="readout" aria-live="polite">Point at the picture: address, region and page.</output></p>`}
<p class="small soft hint tools" hidden>With the picture in focus: ← → flip between dumps, + − or the wheel zoom, 0 fits, B blinks; drag or Shift and arrows move.${memory !== undefined && ' C shows a cross that arrows move, with Shift by 16; Escape ends it.'}</p>
</div>`;
}

/** Of many dumps only some have pictures: the number in the id says which. */
function labelOf({ id }: EmbeddedPicture, labels: readonly string[]): string {
  const number = Number(/-(\d+)$/.exec(id)?.[1] ?? 1);
  return labels[number - 1] ?? `Dump ${number}`;
}

function lookupPlace({ lookup }: EmbeddedPicture): SafeHtml | null {
  if (lookup === undefined) return null;
  return html` data-left="${lookup.left}" data-top="${lookup.top}" data-dump="${lookup.dump}"`;
}

interface PictureGroup {
  readonly title: string;
  readonly pictures: readonly EmbeddedPicture[];
}

/** Pictures of one kind with one of the same size for each dump belong together: `zero-fill-1`, `zero-fill-2`. */
function groupByDump(pictures: readonly EmbeddedPicture[], dumpCount: number): PictureGroup[] {
  const groups: PictureGroup[] = [];
  const taken = new Set<EmbeddedPicture>();
  for (const picture of pictures) {
    if (taken.has(picture)) continue;
    const kind = picture.id.replace(/-\d+$/, '');
    const ids = Array.from({ length: dumpCount }, (_, index) => `${kind}-${index + 1}`);
    const series = ids.map((id) => pictures.find((other) => other.id === id)).filter((other) => other !== undefined);
    const isOfAll = series[0]?.id === ids[0] && series.at(-1)?.id === ids.at(-1);
    const isSeries =
      series.length > 1 && isOfAll && series.includes(picture) && series.every((other) => sameSize(other, picture));
    const title = picture.title.replace(/[,:]? ?(of )?dump \d+( of \d+)?$/i, '');
    const group = isSeries ? { title, pictures: series } : { title: picture.title, pictures: [picture] };
    for (const member of group.pictures) taken.add(member);
    groups.push(group);
  }
  return groups;
}

function sameSize(a: EmbeddedPicture, b: EmbeddedPicture): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Pictures that have no place of their own above, folded: they are large, and for a closer look. */
export function furtherPictures(pictures: readonly EmbeddedPicture[], dumpLabels: readonly string[]): SafeHtml {
  const groups = groupByDump(pictures, dumpLabels.length);
  return html`${groups.map(
    (group) =>
      html`<details><summary>${escapeText(group.title)}</summary>
${group.pictures.length === 1 ? group.pictures.map(pictureFigure) : html`<p class="small soft">${escapeText(group.pictures[0]!.description, longestSentence)}</p>${pictureViewer(group.pictures, dumpLabels)}`}</details>`,
  )}`;
}
