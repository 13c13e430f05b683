/** An image in memory: the packed colour of each pixel, rows from the top. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array<ArrayBuffer>;
}

/** Red, green, blue; 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A colour as one number, 0xRRGGBB: what a million of them are kept, compared and copied as. */
export function packColour([red, green, blue]: Colour): number {
  return (red << 16) | (green << 8) | blue;
}

/** The inverse of packColour. */
export function unpackColour(packed: number): Colour {
  return [packed >> 16, (packed >> 8) & 0xff, packed & 0xff];
}

/** Pixels; x and y of the top left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels that no image has any more: fresh memory would have to be cleared first and collected later. */
let spare = new Int32Array();

export function createImage(width: number, height: number, background: Colour): PixelImage {
  const count = width * height;
  const pixels = spare.length >= count ? spare.subarray(0, count) : new Int32Array(count);
  spare = new Int32Array();
  return { width, height, pixels: pixels.fill(packColour(background)) };
}

/** Gives the pixels of an image to one that is made later. It must not be used any more. */
export function releaseImage({ pixels }: PixelImage): void {
  spare = new Int32Array(pixels.buffer);
}

/** Colours one pixel; outside of the image nothing happens. */
export function setPixel(image: PixelImage, x: number, y: number, colour: Colour): void {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  image.pixels[y * image.width + x] = packColour(colour);
}

/** Black outside of the image. */
export function pixelAt(image: PixelImage, x: number, y: number): Colour {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return [0, 0, 0];
  return unpackColour(image.pixels[y * image.width + x]!);
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
  const packed = packColour(colour);
  for (let row = y; row < y + height; row++) {
    const first = row * image.width + x;
    image.pixels.fill(packed, first, first + width);
  }
}

/** Copies a whole image into another one with its top left corner at x, y; what does not fit is left out. */
export function blit(target: PixelImage, source: PixelImage, x: number, y: number): void {
  const visible = clipRect(target, { x, y, width: source.width, height: source.height });
  for (let row = 0; row < visible.height; row++) {
    const from = (visible.y - y + row) * source.width + (visible.x - x);
    const to = (visible.y + row) * target.width + visible.x;
    target.pixels.set(source.pixels.subarray(from, from + visible.width), to);
  }
}
