import { type PixelImage, packColour } from './pixel-image.ts';

/** The image at one `factor`th of its width and height: each pixel is the mean of those that it stands for. */
export function scaleDown(image: PixelImage, factor: number): PixelImage {
  if (factor <= 1) return image;
  const width = Math.ceil(image.width / factor);
  const height = Math.ceil(image.height / factor);
  const pixels = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = meanColour(image, { x: x * factor, y: y * factor }, factor);
    }
  }
  return { width, height, pixels };
}

/** Packed. */
function meanColour(image: PixelImage, from: { readonly x: number; readonly y: number }, size: number): number {
  const endX = Math.min(image.width, from.x + size);
  const endY = Math.min(image.height, from.y + size);
  let [red, green, blue] = [0, 0, 0];
  for (let y = from.y; y < endY; y++) {
    for (let x = from.x; x < endX; x++) {
      const colour = image.pixels[y * image.width + x]!;
      red += colour >> 16;
      green += (colour >> 8) & 0xff;
      blue += colour & 0xff;
    }
  }
  const count = (endX - from.x) * (endY - from.y);
  return packColour([Math.round(red / count), Math.round(green / count), Math.round(blue / count)]);
}
