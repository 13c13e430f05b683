import { describe, expect, it } from 'vitest';
import { drawText, fitText, lineHeight, printableText, textWidth, wrapText } from '../../src/draw/draw-text.ts';
import { boldGlyphs, glyphHeight, regularGlyphs } from '../../src/draw/font-table.ts';
import { createImage, pixelAt } from '../../src/draw/pixel-image.ts';

const white = [255, 255, 255] as const;
const black = [0, 0, 0] as const;

/** The image as text, `#` where it is black. */
function dots(text: string, scale = 1): string[] {
  const image = createImage(textWidth(text, scale), lineHeight * scale, white);
  drawText(image, text, 0, 0, { colour: black, scale });
  return Array.from({ length: image.height }, (_, y) =>
    Array.from({ length: image.width }, (_column, x) => (pixelAt(image, x, y)[0] === 0 ? '#' : '.')).join(''),
  );
}

describe('the font', () => {
  it('has all printable ASCII and the signs that labels use, in both weights', () => {
    const wanted = [...Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)), ...'×·–—…→▲'];
    for (const table of [regularGlyphs, boldGlyphs]) {
      expect(wanted.filter((character) => table[character]?.length !== glyphHeight * 2)).toEqual([]);
    }
  });

  it('draws a letter as in the X11 font', () => {
    expect(dots('A')).toEqual([
      '......',
      '......',
      '..#...',
      '.#.#..',
      '#...#.',
      '#...#.',
      '#...#.',
      '#####.',
      '#...#.',
      '#...#.',
      '#...#.',
      '......',
      '......',
    ]);
  });

  it('magnifies by whole pixels', () => {
    const [once, twice] = [dots('g'), dots('g', 2)];
    expect(twice).toEqual(once.flatMap((row) => Array(2).fill(Array.from(row, (dot) => dot + dot).join(''))));
  });
});

describe('untrusted text', () => {
  it('shows a question mark for what it cannot draw', () => {
    expect(printableText('a\u0000b\u001b[31mc\nd\u202ee😀f')).toBe('a?b?[31mc?d?e?f');
  });

  it('is cut with an ellipsis where it is too long', () => {
    expect(fitText('libverylongname.so', 60)).toBe('libverylo…');
    expect(fitText('short', 60)).toBe('short');
    expect(fitText('any', 5)).toBe('');
  });

  it('stays inside of the image', () => {
    const image = createImage(10, 10, white);
    drawText(image, 'wide text', -3, 4, { colour: black });
    expect(image.pixels).toHaveLength(100);
  });
});

describe('wrapText', () => {
  it('breaks at blanks and keeps every word', () => {
    expect(wrapText('one two three four', 60)).toEqual(['one two', 'three four']);
    expect(wrapText('unbreakableword x', 60)).toEqual(['unbreakableword', 'x']);
  });
});
