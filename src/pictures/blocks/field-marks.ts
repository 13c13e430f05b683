import { drawLine } from '../../draw/draw-line.ts';
import { drawText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import type { PixelImage, Rect } from '../../draw/pixel-image.ts';
import type { BlockField } from '../../model/leak-report.ts';
import type { TextLine } from '../page/page.ts';
import { placeLabels } from '../page/place-labels.ts';
import { countText } from '../page/size-text.ts';

/** A field of a block with the letter that stands for it above the picture. */
export interface FieldMark {
  readonly letter: string;
  readonly field: BlockField;
}

/** Pixels above the content that marks and ruler need. */
export const fieldMarksHeight = 64;

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
    const text = `${letter}  +0x${field.offset.toString(16)}, ${size}, ${field.kind.replaceAll('-', ' ')}${detail}`;
    return { text, colour: page.ink };
  });
}

/** Letters over brackets over the columns of each field. */
export function paintFieldMarks(
  image: PixelImage,
  content: Rect,
  marks: readonly FieldMark[],
  blockBytes: number,
): void {
  const pixelOf = (bytes: number) => Math.round((Math.max(0, bytes) / blockBytes) * content.width);
  const spans = marks.map(({ field }) => {
    const from = pixelOf(field.offset);
    return { from, to: Math.max(from + 1, pixelOf(field.offset + field.size) - 1) };
  });
  const wishes = spans.map(({ from, to }, index) => ({ at: (from + to) / 2 - 3, size: 6, priority: -index }));
  const top = content.y - letterTop;
  const bracket = content.y - bracketAt;
  for (const { index, at } of placeLabels(wishes, { from: 0, to: content.width, gap: 5 })) {
    const span = spans[index]!;
    const x = content.x + at;
    const middle = content.x + Math.round((span.from + span.to) / 2);
    drawText(image, marks[index]!.letter, x, top, { colour: page.ink, bold: true });
    drawLine(image, { x: x + 3, y: top + lineHeight }, { x: middle, y: bracket - 1 }, page.line);
    const ends = { from: content.x + span.from, to: content.x + span.to };
    drawLine(image, { x: ends.from, y: bracket }, { x: ends.to, y: bracket }, page.softInk);
    drawLine(image, { x: ends.from, y: bracket }, { x: ends.from, y: bracket + 3 }, page.softInk);
    drawLine(image, { x: ends.to, y: bracket }, { x: ends.to, y: bracket + 3 }, page.softInk);
  }
}

/** Ticks at round offsets from the block's start, the block's end included. */
export function paintOffsetRuler(image: PixelImage, content: Rect, blockBytes: number): void {
  let step = 8;
  while ((step / blockBytes) * content.width < leastTickGap) step *= 2;
  const bottom = content.y - rulerAt;
  const last = `+${countText(blockBytes)}`;
  const lastX = content.x + content.width - 1;
  const tick = (x: number, text: string) => {
    drawLine(image, { x, y: bottom }, { x, y: bottom - 6 }, page.softInk);
    drawText(image, text, x - Math.floor(textWidth(text) / 2), bottom - 7 - lineHeight, { colour: page.softInk });
  };
  drawLine(image, { x: content.x, y: bottom }, { x: lastX, y: bottom }, page.softInk);
  for (let bytes = 0; bytes < blockBytes; bytes += step) {
    const x = content.x + Math.round((bytes / blockBytes) * content.width);
    if (x + textWidth(last) + 12 <= lastX) tick(x, `+${countText(bytes)}`);
  }
  tick(lastX, last);
}
