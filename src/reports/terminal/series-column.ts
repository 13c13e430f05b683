import type { PerDump } from '../../model/leak-report.ts';
import { printOrNone } from '../../text/print-quantity.ts';
import { plain, type TerminalOptions } from './terminal-style.ts';
import type { TextColumn } from './text-table.ts';

/** More numbers in a row are not read. */
const longestSeries = 12;

export interface Series {
  readonly title: string;
  /** Per row a number for each dump. */
  readonly rows: readonly PerDump<number>[];
  readonly print: (value: number) => string;
  /** When it is cut to the first and the last number, against the drop orders of the other columns. */
  readonly shortenOrder: number;
}

/** A column with the numbers of all dumps: `108 → 262 → 500`; shortened `108 → … → 500`. */
export function seriesColumn(options: TerminalOptions, series: Series): TextColumn {
  const texts = series.rows.map((values) => values.map((value) => printOrNone(value, series.print)));
  const short = (parts: readonly string[]) =>
    plain(options, (parts.length < 3 ? parts : [parts[0], '…', parts.at(-1)]).join(' → '));
  const long = (parts: readonly string[]) => (parts.length > longestSeries ? short(parts) : parts.join(' → '));
  return {
    title: series.title,
    cells: texts.map((parts) => plain(options, long(parts))),
    shorter: { cells: texts.map(short), order: series.shortenOrder },
    isNumber: true,
  };
}
