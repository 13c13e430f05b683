import type { ColourScale } from '../../draw/colour-scale.ts';
import { drawLine, type Point } from '../../draw/draw-line.ts';
import { drawText, fitText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import { type Colour, createImage, fillRect, type PixelImage, type Rect } from '../../draw/pixel-image.ts';
import { drawSwatches, type LegendItem, type PlacedSwatch, planLegend } from './legend.ts';
import { planSideNotes, type SideNote } from './side-notes.ts';

/** A line of text in one style; parts of a note stand below each other. */
export interface TextLine {
  readonly text: string;
  readonly colour: Colour;
  readonly bold?: boolean;
  /** Drawn behind the text. */
  readonly background?: Colour;
}

/** What stands on a picture: content in the middle, and everything written around it. Sizes in pixels. */
export interface PageSpec {
  readonly title: string;
  /** Short statements for the lines below the title. */
  readonly facts: readonly string[];
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** Room right above the content, for a ruler across. */
  readonly topHeight?: number;
  /** Addresses, right-aligned against the content. */
  readonly left: readonly SideNote[];
  /** Labels. */
  readonly right: readonly SideNote[];
  readonly legend: readonly LegendItem[];
  /** Lines at the very bottom. */
  readonly notes?: readonly TextLine[];
  /** Magnification of all text: 1, or 2 where the content is so large that it will be looked at from afar. */
  readonly textScale: number;
  /** Draws the content, and whatever belongs into the room above it. */
  readonly paint: (image: PixelImage, content: Rect) => void;
}

/** A line of text and where it stands; the text is already cut to fit. */
export interface PlacedText extends TextLine {
  readonly role: 'title' | 'fact' | 'left' | 'right' | 'legend' | 'note';
  readonly rect: Rect;
}

export interface LeaderLine {
  readonly points: readonly Point[];
  readonly colour: Colour;
}

/** A page with every box in its place: what is drawn, and what the tests look at. */
export interface PagePlan {
  readonly width: number;
  readonly height: number;
  readonly content: Rect;
  readonly texts: readonly PlacedText[];
  readonly leaders: readonly LeaderLine[];
  readonly bars: readonly { readonly rect: Rect; readonly colour: Colour }[];
  readonly swatches: readonly PlacedSwatch[];
}

export type { ColourScale };

const margin = 14;
const narrowest = 640;

/** Statements side by side, as many as fit into a line. */
export function wrapFacts(facts: readonly string[], maxWidth: number, scale: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const joined = lines.length === 0 ? fact : `${lines.at(-1)} · ${fact}`;
    if (lines.length > 0 && textWidth(joined, scale) <= maxWidth) lines[lines.length - 1] = joined;
    else lines.push(fact);
  }
  return lines;
}

/** Where everything stands. */
export function planPage(spec: PageSpec): PagePlan {
  const scale = spec.textScale;
  const line = lineHeight * scale;
  const left = planSideNotes(spec.left, { side: 'left', height: spec.contentHeight, scale });
  const right = planSideNotes(spec.right, { side: 'right', height: spec.contentHeight, scale });
  const contentX = margin + left.width;
  const width = Math.max(narrowest * scale, contentX + spec.contentWidth + right.width + margin);
  const inner = width - margin * 2;

  const texts: PlacedText[] = [];
  let y = margin;
  const addLine = (role: PlacedText['role'], text: TextLine) => {
    const fitted = fitText(text.text, inner, scale);
    texts.push({ ...text, role, text: fitted, rect: { x: margin, y, width: textWidth(fitted, scale), height: line } });
    y += line + 2 * scale;
  };
  addLine('title', { text: spec.title, colour: page.ink, bold: true });
  for (const fact of wrapFacts(spec.facts, inner, scale)) addLine('fact', { text: fact, colour: page.softInk });
  y += 8 * scale + (spec.topHeight ?? 0);

  const content = { x: contentX, y, width: spec.contentWidth, height: spec.contentHeight };
  for (const [role, notes, x] of [
    ['left', left, margin],
    ['right', right, content.x + content.width],
  ] as const) {
    for (const text of notes.texts) {
      texts.push({ ...text, role, rect: { ...text.rect, x: text.rect.x + x, y: text.rect.y + y } });
    }
  }
  const move = (point: Point, x: number) => ({ x: point.x + x, y: point.y + content.y });
  const leaders = [
    ...left.leaders.map((leader) => ({ ...leader, points: leader.points.map((point) => move(point, margin)) })),
    ...right.leaders.map((leader) => ({
      ...leader,
      points: leader.points.map((point) => move(point, content.x + content.width)),
    })),
  ];
  const bars = right.bars.map(({ rect, colour }) => ({
    rect: { ...rect, x: rect.x + content.x + content.width, y: rect.y + content.y },
    colour,
  }));

  y += Math.max(content.height, left.bottom, right.bottom) + 12 * scale;
  const legend = planLegend(spec.legend, { x: margin, y, width: inner, scale });
  texts.push(...legend.texts);
  y = legend.bottom + 4 * scale;
  for (const note of spec.notes ?? []) addLine('note', note);
  return { width, height: y + margin, content, texts, leaders, bars, swatches: legend.swatches };
}

/** Draws a page. */
export function drawPage(spec: PageSpec): PixelImage {
  const plan = planPage(spec);
  const image = createImage(plan.width, plan.height, page.paper);
  spec.paint(image, plan.content);
  for (const bar of plan.bars) fillRect(image, bar.rect, bar.colour);
  for (const leader of plan.leaders) {
    for (let index = 1; index < leader.points.length; index++) {
      drawLine(image, leader.points[index - 1]!, leader.points[index]!, leader.colour);
    }
  }
  drawSwatches(image, plan.swatches);
  for (const text of plan.texts) {
    if (text.background) {
      const pad = 2 * spec.textScale;
      fillRect(image, { ...text.rect, x: text.rect.x - pad, width: text.rect.width + pad * 2 }, text.background);
    }
    drawText(image, text.text, text.rect.x, text.rect.y, {
      colour: text.colour,
      bold: text.bold ?? false,
      scale: spec.textScale,
    });
  }
  return image;
}
