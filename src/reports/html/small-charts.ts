import type { BlockField, PerDump } from '../../model/leak-report.ts';
import { html, type SafeHtml } from './html-template.ts';

/** More bars than this would be thinner than a pixel: then the first, the last and some between stand for all. */
const mostBars = 24;

/** One small bar per dump, from zero, for a glance; the numbers stand beside it. Absent dumps leave a dash. */
export function sparkBars(values: PerDump<number>): SafeHtml {
  const shown = values.length <= mostBars ? values : pick(values, mostBars);
  const most = Math.max(1, ...shown.map((value) => value ?? 0));
  const step = shown.length > 8 ? 4 : 10;
  const height = 18;
  const bars = shown.map((value, index) => {
    const size = value === null ? 1 : Math.max(1, Math.round((height * value) / most));
    return html`<rect${value === null && html` class="none"`} x="${index * step}" y="${height - size}" width="${step - 2}" height="${size}"/>`;
  });
  return html`<svg class="bars" width="${shown.length * step}" height="${height}" aria-hidden="true">${bars}</svg>`;
}

function pick(values: PerDump<number>, count: number): PerDump<number> {
  return Array.from(
    { length: count },
    (_, index) => values[Math.round((index * (values.length - 1)) / (count - 1))] ?? null,
  );
}

export interface SharePart {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly className: string;
}

/** One bar cut into shares of a whole. */
export function shareBar(parts: readonly SharePart[], label: string): SafeHtml {
  let x = 0;
  const pieces = parts.map((part) => {
    const width = Math.max(0, Math.min(1 - x, part.share)) * 1000;
    const piece = html`<rect class="${part.className}" x="${Math.round(x * 1000)}" y="0" width="${Math.round(width)}" height="20"><title>${part.label}</title></rect>`;
    x += width / 1000;
    return piece;
  });
  return html`<svg class="share" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="${label}">${pieces}</svg>`;
}

/** Narrower parts of a block could not be seen. Of 1000. */
const narrowestField = 12;

/**
 * A block drawn from its first to its last byte, fields in the colour of their kind. To scale, but for fields too small
 * to see, which are widened.
 */
export function anatomyStrip(fields: readonly BlockField[], strideBytes: number): SafeHtml {
  const pieces = withGaps(fields, strideBytes);
  const wanted = pieces.map((piece) => Math.max(narrowestField, (piece.size / Math.max(1, strideBytes)) * 1000));
  const scale =
    1000 /
    Math.max(
      1,
      wanted.reduce((sum, width) => sum + width, 0),
    );
  let x = 0;
  const rects = pieces.map((piece, index) => {
    const width = wanted[index]! * scale;
    const rect = html`<rect class="${piece.className}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="20"/>`;
    x += width;
    return rect;
  });
  return html`<svg class="anatomy" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

function withGaps(fields: readonly BlockField[], strideBytes: number): { className: string; size: number }[] {
  const pieces: { className: string; size: number }[] = [];
  let end = 0;
  for (const field of fields.toSorted((a, b) => a.offset - b.offset)) {
    if (field.offset > end) pieces.push({ className: 'part-rest', size: field.offset - end });
    pieces.push({ className: `f-${field.kind}`, size: field.size });
    end = Math.max(end, field.offset + field.size);
  }
  if (strideBytes > end) pieces.push({ className: 'part-rest', size: strideBytes - end });
  return pieces;
}
