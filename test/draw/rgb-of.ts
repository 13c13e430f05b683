import type { PixelImage } from '../../src/draw/pixel-image.ts';

/** Three bytes a pixel: red, green, blue. */
export function rgbOf({ pixels }: PixelImage): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3);
  for (let at = 0; at < rgb.length; at++) rgb[at] = pixels[Math.floor(at / 3)]! >> (16 - 8 * (at % 3));
  return rgb;
}
