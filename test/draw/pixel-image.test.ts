import { describe, expect, it } from 'vitest';
import { interpolatedScale } from '../../src/draw/colour-scale.ts';
import { drawLine, hatchRect, strokeRect } from '../../src/draw/draw-line.ts';
import { blit, createImage, fillRect, type PixelImage, pixelAt, setPixel } from '../../src/draw/pixel-image.ts';

const paper = [9, 9, 9] as const;
const ink = [1, 2, 3] as const;

/** Coordinates of all pixels that are not paper. */
function inked(image: PixelImage): string[] {
  const found: string[] = [];
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) if (pixelAt(image, x, y)[0] !== paper[0]) found.push(`${x},${y}`);
  }
  return found;
}

describe('fillRect', () => {
  it('colours exactly the rectangle', () => {
    const image = createImage(4, 3, paper);
    fillRect(image, { x: 1, y: 1, width: 2, height: 2 }, ink);
    expect(inked(image)).toEqual(['1,1', '2,1', '1,2', '2,2']);
    expect(pixelAt(image, 2, 2)).toEqual([1, 2, 3]);
  });

  it('leaves out what lies outside', () => {
    const image = createImage(3, 3, paper);
    fillRect(image, { x: -5, y: 2, width: 7, height: 9 }, ink);
    fillRect(image, { x: 5, y: 0, width: 1, height: 1 }, ink);
    setPixel(image, -1, 0, ink);
    expect(inked(image)).toEqual(['0,2', '1,2']);
  });
});

describe('blit', () => {
  it('copies what fits, from any side', () => {
    const stamp = createImage(2, 2, ink);
    const image = createImage(3, 3, paper);
    blit(image, stamp, -1, -1);
    blit(image, stamp, 2, 2);
    expect(inked(image)).toEqual(['0,0', '2,2']);
  });
});

describe('lines', () => {
  it('have both ends, and gaps where dashed', () => {
    const image = createImage(6, 1, paper);
    drawLine(image, { x: 0, y: 0 }, { x: 5, y: 0 }, ink, { on: 1, off: 2 });
    expect(inked(image)).toEqual(['0,0', '3,0']);
  });

  it('frame a rectangle from inside', () => {
    const image = createImage(3, 3, paper);
    strokeRect(image, { x: 0, y: 0, width: 3, height: 3 }, ink);
    expect(inked(image)).toHaveLength(8);
  });

  it('hatch sparsely', () => {
    const image = createImage(60, 60, paper);
    hatchRect(image, { x: 0, y: 0, width: 60, height: 60 }, ink);
    expect(inked(image).length / 3600).toBeCloseTo(1 / 6, 2);
  });
});

describe('interpolatedScale', () => {
  it('meets its points and clamps what is outside', () => {
    const scale = interpolatedScale(['#000000', '#ff0000', '#ffff00']);
    expect([scale(-1), scale(102 / 255), scale(2)]).toEqual([
      [0, 0, 0],
      [204, 0, 0],
      [255, 255, 0],
    ]);
  });
});
