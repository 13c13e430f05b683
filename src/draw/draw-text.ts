import { boldGlyphs, glyphHeight, glyphWidth, regularGlyphs } from './font-table.ts';
import { type Colour, fillRect, type PixelImage, setPixel } from './pixel-image.ts';

export interface TextStyle {
  readonly colour: Colour;
  readonly bold?: boolean;
  /** Whole-number magnification of the glyphs; 1 unless told. */
  readonly scale?: number;
}

/** Pixels of a line of text, magnification 1. */
export const lineHeight = glyphHeight;

type Glyph = readonly number[];

const replacement = '?';
const ellipsis = '…';
const regular = readTable(regularGlyphs);
const bold = readTable(boldGlyphs);

function readTable(table: Readonly<Record<string, string>>): ReadonlyMap<string, Glyph> {
  const rowsOf = (hex: string) =>
    Array.from({ length: glyphHeight }, (_, row) => Number.parseInt(hex.slice(row * 2, row * 2 + 2), 16));
  return new Map(Object.entries(table).map(([character, hex]) => [character, rowsOf(hex)]));
}

/** The text as it can be drawn: what the font has no glyph for, control characters included, becomes `?`. */
export function printableText(text: string): string {
  return Array.from(text, (character) => (regular.has(character) ? character : replacement)).join('');
}

/** Pixels that a text takes. */
export function textWidth(text: string, scale = 1): number {
  return Array.from(text).length * glyphWidth * scale;
}

/** The printable text, cut with an ellipsis where it is wider than maxWidth pixels. */
export function fitText(text: string, maxWidth: number, scale = 1): string {
  const characters = Array.from(printableText(text));
  const room = Math.max(0, Math.floor(maxWidth / (glyphWidth * scale)));
  if (characters.length <= room) return characters.join('');
  return room === 0 ? '' : characters.slice(0, room - 1).join('') + ellipsis;
}

/** The text in lines of at most maxWidth pixels, broken at blanks; a longer word stands on a line of its own. */
export function wrapText(text: string, maxWidth: number, scale = 1): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const joined = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(joined, scale) <= maxWidth) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** Draws one line, x and y being its top left corner. Any text may come in; returns the pixels drawn over. */
export function drawText(image: PixelImage, text: string, x: number, y: number, style: TextStyle): number {
  const scale = style.scale ?? 1;
  const glyphs = style.bold ? bold : regular;
  let left = x;
  for (const character of printableText(text)) {
    drawGlyph(image, glyphs.get(character)!, left, y, scale, style.colour);
    left += glyphWidth * scale;
  }
  return left - x;
}

function drawGlyph(image: PixelImage, glyph: Glyph, x: number, y: number, scale: number, colour: Colour): void {
  for (let row = 0; row < glyphHeight; row++) {
    const bits = glyph[row]!;
    for (let column = 0; column < glyphWidth; column++) {
      if (((bits >> (glyphWidth - 1 - column)) & 1) === 0) continue;
      if (scale === 1) setPixel(image, x + column, y + row, colour);
      else fillRect(image, { x: x + column * scale, y: y + row * scale, width: scale, height: scale }, colour);
    }
  }
}
