import type { LeakReport } from '../../model/leak-report.ts';
import {
  printBytes,
  printBytesChange,
  printCount,
  printCountChange,
  printDuration,
  printRatio,
} from '../../text/print-quantity.ts';
import { change, elapsedTimes, shownDumps } from '../report-view.ts';
import { plural } from '../report-words.ts';
import { heading, paint, plain, plainName, type TerminalOptions } from './terminal-style.ts';
import { type TextColumn, textTable, widestText, wrapText } from './text-table.ts';

/** A dump's column takes about as many characters. */
const dumpColumnWidth = 12;
/** What names and changes take beside the dumps. */
const otherColumnsWidth = 36;
const mostDumps = 12;

interface TotalRow {
  readonly name: string;
  /** One per dump. */
  readonly cells: readonly string[];
  readonly change: string;
  readonly ratio: string;
}

/** The process as a whole; counts of threads and the like only where they change, for growth is not always heap. */
export function totalLines(report: LeakReport, options: TerminalOptions): string[] {
  const room = Math.floor((options.columns - otherColumnsWidth) / dumpColumnWidth);
  const shown = shownDumps(report.dumps.length, Math.min(mostDumps, room));
  const rows = [...timeRow(report), ...sizeRows(report), ...countRows(report)];
  const words = (text: (row: TotalRow) => string) => rows.map((row) => plain(options, text(row)));
  const dumpColumns = shown.map((index): TextColumn => {
    const isEnd = index === 0 || index === report.dumps.length - 1;
    const column = { title: `Dump ${index + 1}`, cells: words((row) => row.cells[index]!), isNumber: true };
    return isEnd ? column : { ...column, dropOrder: 1 };
  });
  const columns: TextColumn[] = [
    { title: '', cells: rows.map((row) => row.name) },
    ...dumpColumns,
    { title: 'Change', cells: words((row) => row.change), isNumber: true, paints: ['bold'] },
    { title: '', cells: words((row) => row.ratio), isNumber: true, dropOrder: 2 },
  ];
  return [heading(options, 'The process as a whole'), ...textTable(columns, options)];
}

function timeRow(report: LeakReport): TotalRow[] {
  const elapsed = elapsedTimes(report);
  if (elapsed === null) return [];
  const cells = elapsed.map((time, index) => (index === 0 ? '' : `+${printDuration(time)}`));
  return [{ name: 'After', cells, change: '', ratio: '' }];
}

function sizeRows({ growth }: LeakReport): TotalRow[] {
  const row = (name: string, values: readonly number[], ratio: string) => ({
    name,
    cells: values.map(printBytes),
    change: printBytesChange(change(values)),
    ratio,
  });
  return [
    row('Mapped', growth.mappedBytes, printRatio(growth.ratios.toFirst.at(-1) ?? 1)),
    row('Populated', growth.populatedBytes, ''),
  ];
}

function countRows({ dumps }: LeakReport): TotalRow[] {
  const counts = [
    { name: 'Threads', values: dumps.map((dump) => dump.threadCount) },
    { name: 'Modules', values: dumps.map((dump) => dump.moduleCount) },
    { name: 'Regions', values: dumps.map((dump) => dump.regionCount) },
  ];
  return counts
    .filter(({ values }) => values.some((value) => value !== values[0]))
    .map(({ name, values }) => ({
      name,
      cells: values.map(printCount),
      change: printCountChange(change(values)),
      ratio: '',
    }));
}

/** How many warnings there are, and the first. */
export function warningLines(report: LeakReport, options: TerminalOptions): string[] {
  const warnings = report.dumps.flatMap(({ path, warnings }) => warnings.map(({ message }) => `${path}: ${message}`));
  if (warnings.length === 0) return [];
  const first = plainName(options, warnings[0]!, 400);
  const text =
    plain(options, `${plural(warnings.length, 'warning')}${warnings.length === 1 ? '' : ', the first'}: `) + first;
  const lines = wrapText(text, Math.min(options.columns, widestText), '  ');
  return lines.map((line) => paint(options, line, 'yellow'));
}
