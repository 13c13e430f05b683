import { drawLine } from '../../draw/draw-line.ts';
import { drawText } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import { createImage, fillRect, type PixelImage } from '../../draw/pixel-image.ts';
import type { Pace } from '../picture.ts';
import { drawSwatches } from './legend.ts';
import type { PageSpec } from './page-types.ts';
import { planPage } from './plan-page.ts';

/** Draws a page. */
export async function drawPage(spec: PageSpec, pace: Pace): Promise<PixelImage> {
  const plan = planPage(spec);
  const image = createImage(plan.width, plan.height, page.paper);
  await spec.paint(image, plan.content, pace);
  for (const bar of plan.bars) fillRect(image, bar.rect, bar.colour);
  for (const leader of plan.leaders) {
    for (const [index, point] of leader.points.entries()) {
      if (index > 0) drawLine(image, leader.points[index - 1]!, point, leader.colour);
    }
  }
  drawSwatches(image, plan.swatches);
  for (const { text, rect, colour, bold } of plan.texts) {
    drawText(image, text, rect.x, rect.y, { colour, bold: bold ?? false, scale: spec.textScale });
  }
  return image;
}
