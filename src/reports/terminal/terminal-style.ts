import type { VerdictStatus } from '../../model/leak-report.ts';
import { displayWidth, fitToWidth } from '../../text/display-width.ts';
import { escapeText } from '../../text/escape-text.ts';

export interface TerminalOptions {
  /** Width to fit; 80 where it is not known. */
  readonly columns: number;
  readonly color: boolean;
  /** False where the terminal shows ASCII only. */
  readonly unicode: boolean;
}

/** On and off codes of the terminal's own colours, which suit its background. */
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Paint = keyof typeof codes;

/** Wraps text that has its final width already in colour codes. */
export function paint(options: TerminalOptions, text: string, ...paints: Paint[]): string {
  if (!options.color || text === '') return text;
  return paints.reduce((painted, name) => `\x1b[${codes[name][0]}m${painted}\x1b[${codes[name][1]}m`, text);
}

/** A heading, and in plain what belongs to it. */
export function heading(options: TerminalOptions, text: string, note = ''): string {
  const shown = fitToWidth(plain(options, text), options.columns, plain(options, '…'));
  const hasRoom = note !== '' && displayWidth(shown) + note.length + 2 <= options.columns;
  return paint(options, shown, 'bold') + (hasRoom ? `, ${note}` : '');
}

export const statusPaint: Readonly<Record<VerdictStatus, Paint>> = {
  leak: 'red',
  growth: 'yellow',
  none: 'green',
  inconclusive: 'cyan',
};

const asciiForms: Readonly<Record<string, string>> = {
  '→': '->',
  '–': '-',
  '−': '-',
  '×': 'x',
  '…': '...',
  '·': '-',
};

/** Leakviz's own words as the terminal can show them. */
export function plain(options: TerminalOptions, text: string): string {
  if (options.unicode) return text;
  const spelled = text.replace(/[→–−×…·]/g, (character) => asciiForms[character]!);
  return spelled.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** An untrusted name or sentence: nothing in it reaches the terminal as a command. */
export function plainName(options: TerminalOptions, name: string, longest?: number): string {
  return plain(options, escapeText(name, longest));
}

const blocks = { unicode: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'], ascii: ['_', '.', ':', '-', '=', '+', '*', '#'] };

/** One small bar per dump, from zero; a blank where the region is absent. */
export function sparkline(options: TerminalOptions, values: readonly (number | null)[]): string {
  const levels = options.unicode ? blocks.unicode : blocks.ascii;
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const level = (value: number) =>
    levels[Math.min(levels.length - 1, Math.floor((Math.max(0, value) / most) * levels.length))]!;
  return values.map((value) => (value === null ? ' ' : level(value))).join('');
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `share` (0 to 1) of `width` columns. What is there at all shows at least a trace. */
export function bar(options: TerminalOptions, share: number, width: number): string {
  const length = Math.max(0, Math.min(1, share)) * width;
  if (!options.unicode) return '#'.repeat(length > 0 ? Math.max(1, Math.round(length)) : 0);
  const steps = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  return '█'.repeat(Math.floor(steps / 8)) + eighths[steps % 8]!;
}
