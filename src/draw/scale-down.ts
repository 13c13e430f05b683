import type { PixelImage } from './pixel-image.ts';

/** The image at one `factor`th of its width and height: each pixel is the mean of those that it stands for. */
export function scaleDown(image: PixelImage, factor: number): PixelImage {
  if (factor <= 1) return image;
  const width = Math.ceil(image.width / factor);
  const height = Math.ceil(image.height / factor);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const mean = meanColour(image, { x: x * factor, y: y * factor }, factor);
      data.set(mean, (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

function meanColour(image: PixelImage, from: { readonly x: number; readonly y: number }, size: number): number[] {
  const endX = Math.min(image.width, from.x + size);
  const endY = Math.min(image.height, from.y + size);
  let [red, green, blue] = [0, 0, 0];
  for (let y = from.y; y < endY; y++) {
    for (let at = (y * image.width + from.x) * 3; at < (y * image.width + endX) * 3; at += 3) {
      red += image.data[at]!;
      green += image.data[at + 1]!;
      blue += image.data[at + 2]!;
    }
  }
  const count = (endX - from.x) * (endY - from.y);
  return [red, green, blue].map((sum) => Math.round(sum / count));
}
