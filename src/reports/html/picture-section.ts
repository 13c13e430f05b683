import { escapeText, longestSentence } from '../escape-text.ts';
import type { EmbeddedPicture } from '../report-format.ts';
import { html, type SafeHtml } from './html-template.ts';

function imageSource(picture: EmbeddedPicture): string {
  return `data:image/png;base64,${Buffer.from(picture.png).toString('base64')}`;
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
 * The overviews of all dumps on one spot. Without the script they stand one below the other. All have the same size and
 * show the same address at the same place, so flipping shows only what changed.
 */
export function overviewViewer(overviews: readonly EmbeddedPicture[], labels: readonly string[]): SafeHtml {
  const images = overviews.map(
    (picture, index) =>
      html`<img src="${imageSource(picture)}" width="${picture.width}" height="${picture.height}" alt="${escapeText(picture.title)}" data-label="${labels[index] ?? `Dump ${index + 1}`}">`,
  );
  return html`<div class="viewer">
<div class="tools" hidden role="group" aria-label="Choose the dump">
<button class="tool" type="button" data-part="previous" aria-label="Dump before">◀</button>
<input type="range" min="1" max="${overviews.length}" step="1" value="1" aria-label="Dump" data-part="slider">
<button class="tool" type="button" data-part="next" aria-label="Next dump">▶</button>
<button class="tool" type="button" data-part="blink" aria-pressed="false">Blink</button>
<output data-part="label" aria-live="polite" class="wide"></output>
<button class="tool" type="button" data-part="out" aria-label="Zoom out">−</button>
<output data-part="scale" aria-label="Zoom"></output>
<button class="tool" type="button" data-part="in" aria-label="Zoom in">+</button>
<button class="tool" type="button" data-part="fit">Fit</button>
</div>
<div class="stage" data-part="stage" role="group" aria-label="Overview of the chosen dump. Left and right arrow flip between dumps, plus and minus zoom, shift and arrows move.">
<div class="stack" data-part="stack" data-width="${overviews[0]?.width ?? 1}">${images}</div>
</div>
<p class="small soft hint tools" hidden>With the picture in focus: ← → flip between dumps, + − or the wheel zoom, 0 fits, B blinks; drag or Shift and arrows move.</p>
</div>`;
}

/** Pictures that have no place of their own above. */
export function furtherPictures(pictures: readonly EmbeddedPicture[]): SafeHtml {
  return html`${pictures.map(pictureFigure)}`;
}
