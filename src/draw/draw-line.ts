import { type Colour, clipRect, fillRect, type PixelImage, type Rect, setPixel } from './pixel-image.ts';

/** Pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels drawn and pixels left out, in turn. */
export interface Dash {
  readonly on: number;
  readonly off: number;
}

/** A line one pixel wide, both ends included; dashed where asked for. */
export function drawLine(image: PixelImage, from: Point, to: Point, colour: Colour, dash?: Dash): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  for (let step = 0; step <= steps; step++) {
    if (dash !== undefined && step % (dash.on + dash.off) >= dash.on) continue;
    const share = steps === 0 ? 0 : step / steps;
    const x = Math.round(from.x + (to.x - from.x) * share);
    const y = Math.round(from.y + (to.y - from.y) * share);
    setPixel(image, x, y, colour);
  }
}

/** The border of a rectangle, one pixel wide, inside of it. */
export function strokeRect(image: PixelImage, rect: Rect, colour: Colour, dash?: Dash): void {
  if (rect.width <= 0 || rect.height <= 0) return;
  const right = rect.x + rect.width - 1;
  const bottom = rect.y + rect.height - 1;
  if (dash === undefined) {
    fillRect(image, { ...rect, height: 1 }, colour);
    fillRect(image, { ...rect, y: bottom, height: 1 }, colour);
    fillRect(image, { ...rect, width: 1 }, colour);
    fillRect(image, { ...rect, x: right, width: 1 }, colour);
    return;
  }
  drawLine(image, { x: rect.x, y: rect.y }, { x: right, y: rect.y }, colour, dash);
  drawLine(image, { x: rect.x, y: bottom }, { x: right, y: bottom }, colour, dash);
  drawLine(image, { x: rect.x, y: rect.y }, { x: rect.x, y: bottom }, colour, dash);
  drawLine(image, { x: right, y: rect.y }, { x: right, y: bottom }, colour, dash);
}

/** Pixels between two neighbouring lines of a hatched area. */
const hatchSpacing = 6;

/**
 * Draws sparse diagonal lines over an area: the usual sign for "nothing is known here". They go up to the right and join
 * over neighbouring areas.
 */
export function hatchRect(image: PixelImage, rect: Rect, line: Colour): void {
  const area = clipRect(image, rect);
  for (let y = area.y; y < area.y + area.height; y++) {
    const first = area.x + ((hatchSpacing - ((area.x + y) % hatchSpacing)) % hatchSpacing);
    for (let x = first; x < area.x + area.width; x += hatchSpacing) setPixel(image, x, y, line);
  }
}
