/** An image in memory: 3 bytes a pixel (red, green, blue), rows from the top, no padding. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Red, green, blue; 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A colour as one number, 0xRRGGBB: what a million of them are kept as. */
export function packColour([red, green, blue]: Colour): number {
  return (red << 16) | (green << 8) | blue;
}

/** Pixels; x and y of the top left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function createImage(width: number, height: number, background: Colour): PixelImage {
  const image = { width, height, data: new Uint8Array(width * height * 3) };
  fillRect(image, { x: 0, y: 0, width, height }, background);
  return image;
}

/** Colours one pixel; outside of the image nothing happens. */
export function setPixel(image: PixelImage, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  const at = (y * image.width + x) * 3;
  image.data[at] = colour[0];
  image.data[at + 1] = colour[1];
  image.data[at + 2] = colour[2];
}

/** Black outside of the image. */
export function pixelAt(image: PixelImage, x: number, y: number): Colour {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return [0, 0, 0];
  const at = (y * image.width + x) * 3;
  return [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!];
}

/** The part of a rectangle that lies on the image; width or height is 0 where none does. */
export function clipRect(image: PixelImage, rect: Rect): Rect {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(image.width, rect.x + rect.width) - x),
    height: Math.max(0, Math.min(image.height, rect.y + rect.height) - y),
  };
}

export function fillRect(image: PixelImage, rect: Rect, colour: Colour): void {
  const { x, y, width, height } = clipRect(image, rect);
  if (width === 0 || height === 0) return;
  const first = (y * image.width + x) * 3;
  for (let at = first; at < first + width * 3; at += 3) {
    image.data[at] = colour[0];
    image.data[at + 1] = colour[1];
    image.data[at + 2] = colour[2];
  }
  for (let row = 1; row < height; row++) {
    image.data.copyWithin(first + row * image.width * 3, first, first + width * 3);
  }
}

/** Copies a whole image into another one with its top left corner at x, y; what does not fit is left out. */
export function blit(target: PixelImage, source: PixelImage, x: number, y: number): void {
  const visible = clipRect(target, { x, y, width: source.width, height: source.height });
  for (let row = 0; row < visible.height; row++) {
    const from = ((visible.y - y + row) * source.width + (visible.x - x)) * 3;
    const to = ((visible.y + row) * target.width + visible.x) * 3;
    target.data.set(source.data.subarray(from, from + visible.width * 3), to);
  }
}
