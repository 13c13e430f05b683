/**
 * How colours look to people who cannot tell all of them apart: the matrices of Machado, Oliveira and Fernandes (2009)
 * for full severity, applied to linear light, and distances in CIELAB (CIE76).
 */
import type { Colour } from '../../src/draw/pixel-image.ts';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

export const visions: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function times(matrix: Matrix, [x, y, z]: Triple): Triple {
  const row = ([a, b, c]: Triple) => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

const toXyz: Matrix = [
  [0.4124 / 0.95047, 0.3576 / 0.95047, 0.1805 / 0.95047],
  [0.2126, 0.7152, 0.0722],
  [0.0193 / 1.08883, 0.1192 / 1.08883, 0.9505 / 1.08883],
];

/** Lightness, green to red, blue to yellow. */
export function labOf(colour: Colour, vision: Matrix): Triple {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const [red, green, blue] = times(vision, [linear(colour[0]), linear(colour[1]), linear(colour[2])]);
  const curve = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const [x, y, z] = times(toXyz, [clamp(red), clamp(green), clamp(blue)]);
  return [116 * curve(y) - 16, 500 * (curve(x) - curve(y)), 200 * (curve(y) - curve(z))];
}

/** Distance as seen; about 2 is just visible side by side, 20 and more is plainly another colour. */
export function distance(first: Colour, second: Colour, vision: Matrix): number {
  const [l1, a1, b1] = labOf(first, vision);
  const [l2, a2, b2] = labOf(second, vision);
  return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
}
