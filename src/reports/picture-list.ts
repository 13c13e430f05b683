// What `pictures` says on the terminal.
import type { ListedPicture, PictureListing } from '../model/picture-listing.ts';
import { escapeText } from '../text/escape-text.ts';
import { printBytes, printCount } from '../text/print-quantity.ts';
import { plural } from './report-words.ts';
import type { TerminalOptions } from './terminal/terminal-style.ts';
import { textTable } from './terminal/text-table.ts';

/** Listed on the terminal; the sheet has all. */
const mostListed = 20;

export function printPictureList(listing: PictureListing, options: TerminalOptions): string {
  const { pictures } = listing;
  if (pictures.length === 0) return 'No pictures were found in this dump.\n';
  const shown = [...pictures].sort((a, b) => b.width * b.height - a.width * a.height).slice(0, mostListed);
  const table = textTable(
    [
      { title: 'Address', cells: shown.map(({ address }) => address) },
      { title: 'Kind', cells: shown.map(kindText) },
      { title: 'Pixels', cells: shown.map(pixelsText), isNumber: true },
      { title: 'In memory', cells: shown.map(({ sizeBytes }) => printBytes(sizeBytes)), isNumber: true },
      { title: 'Score', cells: shown.map(({ score }) => score.toFixed(2)), isNumber: true },
      { title: 'Region', cells: shown.map(({ region }) => escapeText(region)), narrowest: 8, dropOrder: 1 },
    ],
    options,
    0,
  );
  const rest = pictures.length - shown.length;
  const kinds = [...new Set(pictures.map(({ kind }) => kind))].sort();
  const counts = kinds.map((kind) => `${printCount(pictures.filter((one) => one.kind === kind).length)} ${kind}`);
  const lines = [`${plural(pictures.length, 'picture')}: ${counts.join(', ')}.`, '', ...table];
  if (rest > 0) lines.push(`and ${plural(rest, 'smaller one')}`);
  return `${lines.join('\n')}\n`;
}

export function kindText({ kind, layout, state }: ListedPicture): string {
  const what = layout === null ? kind : `${kind} ${layout.channels} ${layout.bitsPerPixel}`;
  return state === 'complete' ? what : `${what}, ${state}`;
}

export function pixelsText({ width, height }: ListedPicture): string {
  return `${printCount(width)} × ${printCount(height)}`;
}
