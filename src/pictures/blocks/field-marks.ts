import { drawLine } from '../../draw/draw-line.ts';
import { drawText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import { type Colour, fillRect, type PixelImage, type Rect } from '../../draw/pixel-image.ts';
import type { BlockField } from '../../model/leak-report.ts';
import type { TextLine } from '../page/page-types.ts';
import { placeLabels } from '../page/place-labels.ts';
import { countText } from '../page/size-text.ts';

/** A field of a block with the letter that stands for it above the picture. */
export interface FieldMark {
  readonly letter: string;
  readonly field: BlockField;
}

/** Pixels above the content that marks and ruler need. */
export const fieldMarksHeight = 64;
/** The same for a ruler without marks. */
export const offsetRulerHeight = 24;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Heights above the content's top: letters, the end of their lines, brackets, ruler ticks. */
const letterTop = 62;
const bracketAt = 34;
const rulerAt = 3;
const leastTickGap = 70;

/** The first fields of a block, in order of offset; all-zero ones say nothing and take no letter. */
export function fieldMarks(fields: readonly BlockField[]): FieldMark[] {
  return [...fields]
    .filter((field) => field.kind !== 'zero')
    .sort((a, b) => a.offset - b.offset)
    .slice(0, letters.length)
    .map((field, index) => ({ letter: letters[index]!, field }));
}

/** What each letter stands for, one line each. */
export function fieldNotes(marks: readonly FieldMark[]): TextLine[] {
  return marks.map(({ letter, field }) => {
    const detail = field.detail === '' ? '' : `: ${field.detail}`;
    const size = `${countText(field.size)} ${field.size === 1 ? 'byte' : 'bytes'}`;
    const offset = `+${countText(field.offset)} (0x${field.offset.toString(16)})`;
    const text = `${letter}  ${offset}, ${size}, ${field.kind.replaceAll('-', ' ')}${detail}`;
    return { text, colour: page.ink };
  });
}

/** Where offsets in a block stand: x of offset 0, and pixels per byte. */
export interface OffsetScale {
  readonly x: number;
  readonly pixelsPerByte: number;
}

function xOf(scale: OffsetScale, bytes: number): number {
  return scale.x + Math.round(bytes * scale.pixelsPerByte);
}

/** Letters over brackets over the columns of each field. */
export function paintFieldMarks(
  image: PixelImage,
  content: Rect,
  marks: readonly FieldMark[],
  scale: OffsetScale,
): void {
  const spans = marks.map(({ field }) => {
    const from = xOf(scale, field.offset);
    return { from, to: Math.max(from + 1, xOf(scale, field.offset + field.size) - 2) };
  });
  const wishes = spans.map(({ from, to }, index) => ({ at: (from + to) / 2 - 3, size: 6, priority: -index }));
  const top = content.y - letterTop;
  const y = content.y - bracketAt;
  for (const { index, at: x } of placeLabels(wishes, { from: content.x, to: content.x + content.width, gap: 5 })) {
    const { from, to } = spans[index]!;
    drawText(image, marks[index]!.letter, x, top, { colour: page.ink, bold: true });
    drawLine(image, { x: x + 3, y: top + lineHeight }, { x: Math.round((from + to) / 2), y: y - 1 }, page.line);
    drawLine(image, { x: from, y }, { x: to, y }, page.softInk);
    drawLine(image, { x: from, y }, { x: from, y: y + 3 }, page.softInk);
    drawLine(image, { x: to, y }, { x: to, y: y + 3 }, page.softInk);
  }
}

/** Ticks at round offsets from the block's start; its start and its end in the marker's colour. */
export function paintOffsetRuler(image: PixelImage, content: Rect, blockBytes: number, scale: OffsetScale): void {
  let step = 8;
  while (step * scale.pixelsPerByte < leastTickGap) step *= 2;
  const bottom = content.y - rulerAt;
  const endText = `+${countText(blockBytes)}`;
  const endX = xOf(scale, blockBytes);
  // Where nothing stands beside the rows, half of the last label would lie outside of the picture.
  const left = (x: number, text: string) =>
    Math.min(x - Math.floor(textWidth(text) / 2), image.width - textWidth(text) - 2);
  const tick = (x: number, text: string, colour: Colour) => {
    fillRect(image, { x, y: bottom - 6, width: colour === page.marker ? 2 : 1, height: 7 }, colour);
    drawText(image, text, left(x, text), bottom - 7 - lineHeight, { colour: page.softInk });
  };
  drawLine(image, { x: content.x, y: bottom }, { x: content.x + content.width - 1, y: bottom }, page.softInk);
  for (let bytes = step; bytes < blockBytes; bytes += step) {
    const text = `+${countText(bytes)}`;
    const x = xOf(scale, bytes);
    if (x + textWidth(text) / 2 + 6 <= left(endX, endText)) tick(x, text, page.softInk);
  }
  tick(xOf(scale, 0), '+0', page.marker);
  tick(endX, endText, page.marker);
}
