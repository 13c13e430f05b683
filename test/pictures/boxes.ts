import type { Rect } from '../../src/draw/pixel-image.ts';
import type { PagePlan } from '../../src/pictures/page/page-types.ts';

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Texts of a page that cover each other or its content, or leave the page; empty when all is well. */
export function misplacedTexts(plan: PagePlan): string[] {
  const shown = plan.texts.filter((text) => text.rect.width > 0);
  const problems: string[] = [];
  for (const [index, text] of shown.entries()) {
    const { x, y, width, height } = text.rect;
    const name = `${text.role} "${text.text}"`;
    if (x < 0 || y < 0 || x + width > plan.width || y + height > plan.height) problems.push(`${name} leaves the page`);
    if (overlap(text.rect, plan.content)) problems.push(`${name} covers the content`);
    for (const other of shown.slice(index + 1)) {
      if (overlap(text.rect, other.rect)) problems.push(`${name} covers ${other.role} "${other.text}"`);
    }
  }
  return problems;
}
