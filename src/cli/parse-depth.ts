import { type PixelDepth, pixelDepths } from '../draw/encode/bmp-header.ts';
import { LeakvizError } from '../errors.ts';

/** Bits of a pixel; throws with what was expected. */
export function parseDepth(text: string): PixelDepth {
  const depth = pixelDepths.find((one) => String(one) === text.trim());
  if (depth === undefined) throw new LeakvizError('usage', `--bpp: expected 8, 16, 24 or 32, found '${text}'`);
  return depth;
}
