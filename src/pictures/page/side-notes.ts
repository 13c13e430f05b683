import { fitText, lineHeight, textWidth } from '../../draw/draw-text.ts';
import { page } from '../../draw/palette.ts';
import type { Colour } from '../../draw/pixel-image.ts';
import type { Bar, LeaderLine, PlacedText, PlannedNotes, SideNote } from './page-types.ts';
import { placeLabels } from './place-labels.ts';

interface Column {
  readonly side: 'left' | 'right';
  /** Of the content. */
  readonly height: number;
  readonly scale: number;
}

const widestNote = 52;
const leaderWidth = { left: 12, right: 30 };
const barWidth = 4;
/** Labels may go on below a content that is lower than this. */
const lowestColumn = 200;

/** Puts notes beside the content without overlap; those that do not fit are counted in a last line. */
export function planSideNotes(notes: readonly SideNote[], column: Column): PlannedNotes {
  const { scale } = column;
  const line = lineHeight * scale;
  const heightOf = (note: SideNote) => note.lines.length * line;
  const placed = place(notes, column, heightOf);
  const left = column.side === 'left';
  const leader = leaderWidth[column.side] * scale;
  const fitted = placed.map(({ note }) => note.lines.map((text) => fitText(text.text, widestNote * 6 * scale, scale)));
  const textColumn = Math.max(0, ...fitted.flat().map((text) => textWidth(text, scale)));
  const texts: Omit<PlacedText, 'role'>[] = [];
  const leaders: LeaderLine[] = [];
  const bars: Bar[] = [];
  placed.forEach(({ note, top }, index) => {
    note.lines.forEach((text, row) => {
      const shown = fitted[index]![row]!;
      const width = textWidth(shown, scale);
      const x = left ? textColumn - width : leader;
      texts.push({ ...text, text: shown, rect: { x, y: top + row * line, width, height: line } });
    });
    const middle = top + Math.floor(line / 2);
    const colour = note.span?.colour ?? page.line;
    leaders.push(
      left
        ? leftLeader(note.at, middle, textColumn, leader, scale)
        : rightLeader(note.at, middle, leader, colour, scale),
    );
  });
  for (const { span } of notes) {
    if (!span) continue;
    const height = Math.max(2, span.to - span.from);
    bars.push({ rect: { x: 3 * scale, y: span.from, width: barWidth * scale, height }, colour: span.colour });
  }
  const bottom = Math.max(0, ...placed.map(({ note, top }) => top + heightOf(note)));
  return { width: placed.length === 0 ? 0 : textColumn + leader, bottom, texts, leaders, bars };
}

function leftLeader(at: number, middle: number, x: number, width: number, scale: number): LeaderLine {
  const points = [
    { x: x + 2 * scale, y: middle },
    { x: x + 4 * scale, y: middle },
    { x: x + width - 4 * scale, y: at },
    { x: x + width - 2, y: at },
  ];
  return { points, colour: page.line };
}

function rightLeader(at: number, middle: number, width: number, colour: Colour, scale: number): LeaderLine {
  const points = [
    { x: (4 + barWidth) * scale, y: at },
    { x: (6 + barWidth) * scale, y: at },
    { x: width - 6 * scale, y: middle },
    { x: width - 3 * scale, y: middle },
  ];
  return { points, colour };
}

interface NoteInPlace {
  readonly note: SideNote;
  readonly top: number;
}

function place(notes: readonly SideNote[], column: Column, heightOf: (note: SideNote) => number): NoteInPlace[] {
  const line = lineHeight * column.scale;
  const half = Math.floor(line / 2);
  const gap = 3 * column.scale;
  const movable = notes.filter((note) => !note.fixed && note.lines.length > 0);
  const range = { from: -half, to: Math.max(column.height, lowestColumn * column.scale) + half, gap };
  const wishes = movable.map((note) => ({ at: note.at - half, size: heightOf(note), priority: note.priority }));
  let result = placeLabels(wishes, range);
  const left = movable.length - result.length;
  if (left > 0) result = placeLabels(wishes, { ...range, to: range.to - line - gap });
  const placed = result.map(({ index, at }) => ({ note: movable[index]!, top: at }));
  for (const note of notes) {
    if (!note.fixed || note.lines.length === 0) continue;
    const top = note.at - half;
    const isFree = placed.every(
      (other) => top >= other.top + heightOf(other.note) + gap || top + line + gap <= other.top,
    );
    if (isFree) placed.push({ note, top });
  }
  if (left > 0 && column.side === 'right') placed.push(restNote(movable.length - result.length, range.to - line, half));
  return placed;
}

/** Says that some have no label, at the end of the column. */
function restNote(count: number, top: number, half: number): NoteInPlace {
  const text = `and ${count} more without room for a label`;
  return { note: { at: top + half, lines: [{ text, colour: page.softInk }], priority: 0 }, top };
}
