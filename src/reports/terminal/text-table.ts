import { displayWidth, fitToWidth, padToWidth } from '../../text/display-width.ts';
import { type Paint, paint, plain, type TerminalOptions } from './terminal-style.ts';

export interface TextColumn {
  readonly title: string;
  /** Safe text without colours, one per row. */
  readonly cells: readonly string[];
  readonly isNumber?: boolean;
  readonly paints?: readonly Paint[];
  /** Shorter cells, taken at their turn when the terminal is too narrow. */
  readonly shorter?: { readonly cells: readonly string[]; readonly order: number };
  /** May be cut down to this width when the terminal is narrow. */
  readonly narrowest?: number;
  /** Left out at its turn when the terminal is too narrow. The largest order has its turn first; without one it stays. */
  readonly dropOrder?: number;
}

const gap = 2;

/** Lines longer than this are hard to read, however wide the terminal is. */
export const widestText = 110;

/** Lines of an aligned table that fits the terminal: long names are cut first, then columns are left out. */
export function textTable(columns: readonly TextColumn[], options: TerminalOptions, indent = 2): string[] {
  const room = options.columns - indent;
  const kept = keepColumns(columns, room);
  const widths = shrink(kept, room);
  const ellipsis = plain(options, '…');
  const line = (cells: readonly string[], paintOf: (column: number) => readonly Paint[]) =>
    ' '.repeat(indent) +
    cells
      .map((cell, index) => {
        const isLast = index === cells.length - 1;
        const { isNumber = false } = kept[index]!;
        const fitted = fitToWidth(cell, widths[index]!, ellipsis);
        const padded = isLast && !isNumber ? fitted : padToWidth(fitted, widths[index]!, isNumber);
        return paint(options, padded, ...paintOf(index));
      })
      .join(' '.repeat(gap));
  const rowCount = columns[0]?.cells.length ?? 0;
  const lines = Array.from({ length: rowCount }, (_, row) =>
    line(
      kept.map((column) => column.cells[row]!),
      (index) => kept[index]!.paints ?? [],
    ),
  );
  const hasTitles = kept.some((column) => column.title !== '');
  const head = line(
    kept.map((column) => column.title),
    () => ['dim'],
  );
  return (hasTitles ? [head, ...lines] : lines).map((text) => text.trimEnd());
}

function naturalWidth(column: TextColumn): number {
  return Math.max(displayWidth(column.title), ...column.cells.map(displayWidth));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}

function leastWidth(column: TextColumn): number {
  const natural = naturalWidth(column);
  return column.narrowest === undefined ? natural : Math.min(natural, column.narrowest);
}

/** Shortens and drops columns in their order until the least widths fit. */
function keepColumns(columns: readonly TextColumn[], room: number): readonly TextColumn[] {
  const turns = columns.flatMap((column) => [column.dropOrder ?? 0, column.shorter?.order ?? 0]);
  const orders = [...new Set(turns)].filter((order) => order > 0).sort((a, b) => b - a);
  let kept = columns;
  for (const order of orders) {
    if (total(kept.map(leastWidth)) <= room) break;
    kept = kept
      .filter((column) => column.dropOrder !== order)
      .map((column) => (column.shorter?.order === order ? { ...column, cells: column.shorter.cells } : column));
  }
  return kept;
}

/**
 * Takes the excess from the columns that may shrink, the widest first; on a tiny terminal from all, from numbers last:
 * of a number that is cut, the rest reads as another number.
 */
function shrink(columns: readonly TextColumn[], room: number): number[] {
  const widths = columns.map(naturalWidth);
  const takeFrom = (least: (index: number) => number) => {
    while (total(widths) > room) {
      const candidates = widths.map((width, index) => (width > least(index) ? width : 0));
      const widest = candidates.indexOf(Math.max(...candidates));
      if (!candidates[widest]) return;
      widths[widest]!--;
    }
  };
  takeFrom((index) => leastWidth(columns[index]!));
  takeFrom((index) => (columns[index]!.isNumber ? widths[index]! : 1));
  takeFrom(() => 1);
  return widths;
}

/** Breaks a text into lines that fit, words kept whole where they can be; lines after the first are indented. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  const push = (word: string) => {
    const start = lines.length === 0 && line === '' ? '' : indent;
    const joined = line === '' ? start + word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      return;
    }
    if (line !== '') lines.push(line);
    line = `${indent}${word}`;
  };
  for (const word of text.split(' '))
    for (const piece of pieces(word, Math.max(1, width - displayWidth(indent)))) push(piece);
  if (line !== '') lines.push(line);
  return lines;
}

/** A word longer than a line is cut. */
function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (displayWidth(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
