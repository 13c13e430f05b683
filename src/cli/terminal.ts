// The two streams: results to stdout, everything else to stderr.

import type { TerminalOptions } from '../reports/index.ts';
import { escapeText } from '../text/escape-text.ts';

/** Longer messages quote something that went wrong at length; their ends say enough. */
const longestMessage = 2000;
const defaultColumns = 80;

export function terminalOptions(): TerminalOptions {
  const { stdout, env } = process;
  const noColor = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  // A terminal that has not been told its size says 0.
  const columns = stdout.columns || defaultColumns;
  return { columns, color: stdout.isTTY === true && !noColor, unicode: env.TERM !== 'dumb' };
}

/** Text that is safe to show already: what the report printers return. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** One line on stderr. Names in it may hold anything; nothing in them acts on the terminal. */
export function say(message: string): void {
  process.stderr.write(`leakviz: ${escapeText(message, longestMessage)}\n`);
}
