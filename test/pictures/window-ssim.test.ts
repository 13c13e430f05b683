import fc from 'fast-check';
import { ssim } from 'ssim.js';
import { expect, it } from 'vitest';
import { windowSsim } from '../../src/pictures/structure/window-ssim.ts';

const side = 8;
const window = fc.uint8Array({ minLength: side * side, maxLength: side * side });

/** Grey pixels of four bytes, as ssim.js takes them. */
function imageOf(pixels: Uint8Array) {
  const data = Uint8ClampedArray.from({ length: pixels.length * 4 }, (_, at) => pixels[Math.floor(at / 4)]!);
  return { width: side, height: side, data };
}

it('is what ssim.js says of the same window', () => {
  const options = { ssim: 'bezkrovny', windowSize: side, downsample: false } as const;
  fc.assert(
    fc.property(window, window, (first, second) => {
      const expected = ssim(imageOf(first), imageOf(second), options).ssim_map.data[0]!;
      expect(windowSsim(first, second)).toBeCloseTo(expected, 12);
    }),
  );
});

it('is 1 for a window and itself, flat ones too', () => {
  fc.assert(
    fc.property(window, (one) => {
      expect(windowSsim(one, one)).toBeCloseTo(1, 12);
    }),
  );
  expect(windowSsim(new Uint8Array(64).fill(10), new Uint8Array(64).fill(10))).toBe(1);
});
