// The contact sheet of `pictures`: thumbnails with what is known of each.
import { createHash } from 'node:crypto';
import type { ListedPicture, PictureListing } from '../model/picture-listing.ts';
import { escapeText } from '../text/escape-text.ts';
import { printBytes, printCount } from '../text/print-quantity.ts';
import { html, nameMarkup, type SafeHtml, trustedMarkup } from './html/html-template.ts';
import { kindText, pixelsText } from './picture-list.ts';
import { contentsMark, plural } from './report-words.ts';

const sheetStyle = `
:root{color-scheme:light dark;--page:#faf9f6;--surface:#fff;--line:#e2dfd8;--ink:#20262b;--soft:#5a646c;--warn:#b3261e}
@media (prefers-color-scheme:dark){:root{--page:#15191c;--surface:#1c2125;--line:#333b41;--ink:#e5e8e9;--soft:#a0abb3;--warn:#ff9a91}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:1.5rem;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0 0 .5rem;overflow-wrap:anywhere}
.warn{padding:.6rem 1rem;border:2px solid var(--warn);border-radius:8px;font-weight:650}
ul{list-style:none;margin:1.5rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.25rem}
figure{margin:0;padding:.75rem;background:var(--surface);border:1px solid var(--line);border-radius:8px;height:100%}
.thumb{display:grid;place-items:center;height:12rem;color:var(--soft);font-size:.875rem;text-align:center;background:repeating-conic-gradient(#8882 0 25%,transparent 0 50%) 0/16px 16px}
img{max-width:100%;max-height:12rem;object-fit:contain}
figcaption{margin-top:.5rem;font-size:.875rem;overflow-wrap:anywhere}
.soft{color:var(--soft)}
code{font:.9em ui-monospace,Menlo,Consolas,monospace}`;

/** Decoded, more than this would take a browser's memory: such pictures are linked, not shown. */
const mostShownPixels = 64e6;

/** One page without scripts that shows the files beside it, and loads nothing else. */
export function writePictureSheet(listing: PictureListing): string {
  const style = createHash('sha256').update(sheetStyle).digest('base64');
  // A page opened from a disk is no origin that all browsers take for 'self'.
  const policy = `default-src 'none'; img-src 'self' file:; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  const { pictures, tool } = listing;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Pictures in memory</title>
<style>${trustedMarkup(sheetStyle)}</style>
</head>
<body>
<h1>Pictures in ${nameMarkup(listing.dump)}</h1>
<p class="warn" role="note">${contentsMark}. These pictures are what the process held in memory, its user's secrets among them.</p>
<p>${plural(pictures.length, 'picture')}, in order of address. A score says how sure it is that there is a picture at all; whole files have 1. Bitmaps without a header are read from the period of their rows: their first byte, their width and the order of their colours are conclusions, and the order a custom.</p>
${listing.warnings.map((warning) => html`<p class="soft">${escapeText(warning, 400)}</p>`)}
<ul>
${pictures.map(figure)}
</ul>
<p class="soft">Made by ${tool.name} ${tool.version}. The same for programs is in pictures.json.</p>
</body>
</html>
`.markup;
}

function figure(picture: ListedPicture): SafeHtml {
  const { file, address, region, sizeBytes, score, copyCount, layout, sameSizeAs } = picture;
  return html`<li><figure>
<div class="thumb">${thumbnail(picture)}</div>
<figcaption><code>${address}</code><br>
${kindText(picture)}, ${pixelsText(picture)}, ${printBytes(sizeBytes)}, score ${score.toFixed(2)}<br>
<span class="soft">${nameMarkup(region)}${layout && html`<br>rows of ${printCount(layout.strideBytes)} bytes; colours: ${layout.orderBy}; first byte by ${layout.startBy}`}${copyCount > 0 && html`<br>the same bytes stand at ${plural(copyCount, 'further place')}`}${sameSizeAs.length > 0 && html`<br>as large as the file at <code>${sameSizeAs[0]}</code>`}${file === null && html`<br>not written: beyond the limit`}</span></figcaption>
</figure></li>
`;
}

function thumbnail({ file, width, height, address }: ListedPicture): SafeHtml {
  if (file === null) return html`no file`;
  if (width * height > mostShownPixels) return html`<a href="${file}">too large to be shown here</a>`;
  return html`<a href="${file}"><img src="${file}" alt="Picture at ${address}" loading="lazy"></a>`;
}
