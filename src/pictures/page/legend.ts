import type { ColourScale } from '../../draw/colour-scale.ts';
import { hatchRect, strokeRect } from '../../draw/draw-line.ts';
import { fitText, lineHeight, textWidth, wrapText } from '../../draw/draw-text.ts';
import { notCapturedLine, page } from '../../draw/palette.ts';
import { fillRect, type PixelImage, type Rect } from '../../draw/pixel-image.ts';
import type { LegendItem, PlacedSwatch, PlacedText } from './page-types.ts';

interface Room {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly scale: number;
}

const swatchWidth = { text: 0, colour: 18, scale: 120, 'not-captured': 18, 'not-mapped': 18 };
const between = 20;
const padding = 6;

/** Entries from left to right, on as many lines as they need. Words alone take a line of their own. */
export function planLegend(
  items: readonly LegendItem[],
  room: Room,
): { texts: PlacedText[]; swatches: PlacedSwatch[]; bottom: number } {
  const { scale } = room;
  const line = lineHeight * scale;
  const texts: PlacedText[] = [];
  const swatches: PlacedSwatch[] = [];
  const end = room.x + room.width;
  let { x, y } = room;
  const newLine = () => {
    x = room.x;
    y += line + 5 * scale;
  };
  const put = (text: string) => {
    const shown = fitText(text, end - x, scale);
    const width = textWidth(shown, scale);
    texts.push({ role: 'legend', text: shown, colour: page.ink, rect: { x, y, width, height: line } });
    x += width;
  };
  for (const item of wrapItems(items, room)) {
    if (x > room.x && (item.kind === 'text' || x + itemWidth(item, scale) > end)) newLine();
    if (item.kind === 'scale') {
      put(item.low);
      x += padding * scale;
    }
    const swatch = swatchWidth[item.kind] * scale;
    if (swatch > 0) {
      swatches.push({ item, rect: { x, y: y + scale, width: swatch, height: line - 2 * scale } });
      x += swatch + padding * scale;
    }
    put(item.kind === 'scale' ? item.high : item.text);
    x += (item.kind !== 'text' && 'text' in item && item.text === '' ? 0 : between) * scale;
    if (item.kind === 'text') newLine();
  }
  return { texts, swatches, bottom: x > room.x ? y + line : y - 5 * scale };
}

/** Words that are longer than a line become several entries. */
function wrapItems(items: readonly LegendItem[], room: Room): LegendItem[] {
  return items.flatMap((item): LegendItem[] => {
    if (item.kind !== 'text') return [item];
    return wrapText(item.text, room.width, room.scale).map((text) => ({ kind: 'text', text }));
  });
}

function itemWidth(item: LegendItem, scale: number): number {
  const words =
    item.kind === 'scale' ? textWidth(item.low + item.high, scale) + padding * scale : textWidth(item.text, scale);
  return words + (swatchWidth[item.kind] + padding) * scale;
}

export function drawSwatches(image: PixelImage, swatches: readonly PlacedSwatch[]): void {
  for (const { item, rect } of swatches) {
    if (item.kind === 'colour') fillRect(image, rect, item.colour);
    if (item.kind === 'not-captured') hatchRect(image, rect, notCapturedLine);
    if (item.kind === 'scale') drawScale(image, rect, item.scale);
    strokeRect(image, rect, page.line, item.kind === 'not-mapped' ? { on: 2, off: 2 } : undefined);
  }
}

function drawScale(image: PixelImage, rect: Rect, scale: ColourScale): void {
  for (let column = 0; column < rect.width; column++) {
    fillRect(image, { ...rect, x: rect.x + column, width: 1 }, scale(column / (rect.width - 1)));
  }
}
