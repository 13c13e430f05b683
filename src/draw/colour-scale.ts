import type { Colour } from './pixel-image.ts';

/** Colour of a share; anything below 0 counts as 0, above 1 as 1. */
export type ColourScale = (share: number) => Colour;

/** Between two colours, share 0 giving the first. */
export function mixColours(first: Colour, second: Colour, share: number): Colour {
  return [
    Math.round(first[0] + (second[0] - first[0]) * share),
    Math.round(first[1] + (second[1] - first[1]) * share),
    Math.round(first[2] + (second[2] - first[2]) * share),
  ];
}

export function hexColour(hex: string): Colour {
  const value = Number.parseInt(hex.replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/**
 * Steps of a scale: finer than an eye tells apart side by side, and few enough to leave room for frames and text among the
 * 256 colours that a picture of one byte a pixel has. Halves and quarters are met.
 */
const scaleSteps = 200;

/** The scale in steps, computed once: pictures ask a million times. */
export function inSteps(scale: ColourScale): ColourScale {
  const steps = Array.from({ length: scaleSteps + 1 }, (_, step) => scale(step / scaleSteps));
  return (share) => steps[Math.round(Math.min(1, Math.max(0, share)) * scaleSteps)]!;
}

/** Straight lines between colours at equal distances. */
export function interpolatedScale(points: readonly string[]): ColourScale {
  const colours = points.map(hexColour);
  return inSteps((share) => {
    const at = share * (colours.length - 1);
    const index = Math.min(colours.length - 2, Math.floor(at));
    return mixColours(colours[index]!, colours[index + 1]!, at - index);
  });
}

/** Part of a scale, from share `from` to share `to`. */
export function partOfScale(scale: ColourScale, from: number, to: number): ColourScale {
  return (share) => scale(from + (to - from) * Math.min(1, Math.max(0, share)));
}
