import type { Point } from '../../draw/draw-line.ts';
import { fitText, lineHeight, textWidth, wrapText } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import type { Rect } from '../../draw/pixel-image.ts';
import { leastPageWidth } from '../layout/choose-scale.ts';
import { planLegend } from './legend.ts';
import type { PagePlan, PageSpec, PlacedText, PlannedNotes, TextLine } from './page-types.ts';

const margin = 14;

/** Statements side by side, as many as fit into a line. */
function wrapFacts(facts: readonly string[], maxWidth: number, scale: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const joined = lines.length === 0 ? fact : `${lines.at(-1)} · ${fact}`;
    if (lines.length > 0 && textWidth(joined, scale) <= maxWidth) lines[lines.length - 1] = joined;
    else lines.push(fact);
  }
  return lines;
}

interface Block {
  readonly texts: PlacedText[];
  readonly bottom: number;
}

/** Lines below each other, each cut to the width. */
function stackLines(
  lines: readonly (TextLine & Pick<PlacedText, 'role'>)[],
  room: { y: number; width: number; scale: number },
): Block {
  const height = lineHeight * room.scale;
  const step = height + 2 * room.scale;
  const texts = lines.map((line, index) => {
    const text = fitText(line.text, room.width, room.scale);
    const rect = { x: margin, y: room.y + index * step, width: textWidth(text, room.scale), height };
    return { ...line, text, rect };
  });
  return { texts, bottom: room.y + lines.length * step };
}

function headLines(spec: PageSpec, width: number): (TextLine & Pick<PlacedText, 'role'>)[] {
  const facts = wrapFacts(spec.facts, width, spec.textScale);
  return [
    { role: 'title', text: spec.title, colour: page.ink, bold: true },
    ...(spec.warning === undefined
      ? []
      : ([{ role: 'fact', text: spec.warning, colour: page.growth, bold: true }] as const)),
    ...facts.map((text) => ({ role: 'fact', text, colour: page.softInk }) as const),
  ];
}

/** Notes of one side, moved from their own coordinates to the page's. */
function moveNotes(
  notes: PlannedNotes,
  role: 'left' | 'right',
  by: Point,
): Pick<PagePlan, 'texts' | 'leaders' | 'bars'> {
  const move = <T extends Point>(point: T): T => ({ ...point, x: point.x + by.x, y: point.y + by.y });
  return {
    texts: notes.texts.map((text) => ({ ...text, role, rect: move(text.rect) })),
    leaders: notes.leaders.map((leader) => ({ ...leader, points: leader.points.map(move) })),
    bars: notes.bars.map((bar) => ({ ...bar, rect: move(bar.rect) })),
  };
}

/** Where everything on a page stands. */
export function planPage(spec: PageSpec): PagePlan {
  const scale = spec.textScale;
  const x = margin + spec.left.width;
  const width = Math.max(leastPageWidth * scale, x + spec.contentWidth + spec.right.width + margin);
  const inner = width - margin * 2;
  const head = stackLines(headLines(spec, inner), { y: margin, width: inner, scale });
  const y = head.bottom + 8 * scale + (spec.topHeight ?? 0);
  const content: Rect = { x, y, width: spec.contentWidth, height: spec.contentHeight };
  const left = moveNotes(spec.left, 'left', { x: margin, y });
  const right = moveNotes(spec.right, 'right', { x: x + content.width, y });
  const below = y + Math.max(content.height, spec.left.bottom, spec.right.bottom) + 12 * scale;
  const legend = planLegend(spec.legend, { x: margin, y: below, width: inner, scale });
  const noteLines = (spec.notes ?? []).flatMap((note) =>
    wrapText(note.text, inner, scale).map((text) => ({ ...note, text, role: 'note' }) as const),
  );
  const notes = stackLines(noteLines, { y: legend.bottom + 4 * scale, width: inner, scale });
  return {
    width,
    height: notes.bottom + margin,
    content,
    texts: [...head.texts, ...left.texts, ...right.texts, ...legend.texts, ...notes.texts],
    leaders: [...left.leaders, ...right.leaders],
    bars: right.bars,
    swatches: legend.swatches,
  };
}
