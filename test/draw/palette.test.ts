import { describe, expect, it } from 'vitest';
import { cividis, heat, kindColours, lessOrMore, notCapturedLine, page, zeroColour } from '../../src/draw/palette.ts';
import type { Colour } from '../../src/draw/pixel-image.ts';
import { ringColour } from '../../src/pictures/growth-rings.ts';
import { distance, labOf, visions } from './colour-vision.ts';

const all = Object.entries(visions);

function smallestDistance(colours: readonly Colour[], vision: (typeof visions)[string]): number {
  const pairs = colours.flatMap((first, index) => colours.slice(index + 1).map((second) => [first, second] as const));
  return Math.min(...pairs.map(([first, second]) => distance(first, second, vision)));
}

describe.each(all)('with %s', (_, vision) => {
  it('kinds of words differ from each other, from zero and from the paper', () => {
    expect(smallestDistance([...Object.values(kindColours), page.paper], vision)).toBeGreaterThan(20);
  });

  it('zero is dark, and what was not captured is light', () => {
    expect(labOf(zeroColour, vision)[0]).toBeLessThan(10);
    expect(labOf(page.paper, vision)[0]).toBeGreaterThan(90);
    expect(labOf(notCapturedLine, vision)[0]).toBeGreaterThan(65);
  });

  it('rings of up to five dumps differ', () => {
    for (const count of [2, 3, 4, 5]) {
      const colours = Array.from({ length: count }, (_dump, dump) => ringColour(dump, count));
      expect(smallestDistance(colours, vision)).toBeGreaterThan(12);
    }
  });

  it('scales get lighter without a step back', () => {
    for (const scale of [cividis, heat]) {
      const lightness = Array.from({ length: 21 }, (_step, step) => labOf(scale(step / 20), vision)[0]);
      for (let step = 1; step < lightness.length; step++) {
        expect(lightness[step]!).toBeGreaterThan(lightness[step - 1]! - 0.5);
      }
    }
  });

  it('less and more are different colours, both unlike no change', () => {
    expect(smallestDistance([lessOrMore(0), lessOrMore(0.5), lessOrMore(1)], vision)).toBeGreaterThan(30);
  });
});
