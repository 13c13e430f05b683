import type { LeakReport, ReportVerdict } from '../model/leak-report.ts';
import { longestSentence } from '../text/escape-text.ts';
import { capReport } from './cap-report.ts';
import { furtherReasons } from './report-view.ts';
import { statusWords } from './report-words.ts';
import { nextLines } from './terminal/next-lines.ts';
import { regionLines } from './terminal/region-lines.ts';
import { suspectLines } from './terminal/suspect-lines.ts';
import { paint, plain, plainName, statusPaint, type TerminalOptions } from './terminal/terminal-style.ts';
import { widestText, wrapText } from './terminal/text-table.ts';
import { totalLines, warningLines } from './terminal/total-lines.ts';

export type { TerminalOptions } from './terminal/terminal-style.ts';

const mostReasons = 4;

type ShortVerdict = Pick<ReportVerdict, 'status' | 'summary'>;

function blocks(parts: readonly (readonly string[])[]): string {
  const filled = parts.filter((part) => part.length > 0);
  return filled.length === 0 ? '' : `${filled.map((part) => part.join('\n')).join('\n\n')}\n`;
}

function wrapped(options: TerminalOptions, text: string, indent: string): string[] {
  return wrapText(text, Math.min(options.columns, widestText), indent);
}

function verdictLines({ status, summary }: ShortVerdict, options: TerminalOptions): string[] {
  const badge = ` ${statusWords[status].toUpperCase()} `;
  const indent = ' '.repeat(badge.length + 1);
  const width = Math.max(20, Math.min(options.columns, widestText) - indent.length);
  const lines = wrapText(plainName(options, summary, longestSentence), width);
  const mark = paint(options, badge, 'bold', 'inverse', statusPaint[status]);
  return [`${mark} ${lines[0] ?? ''}`.trimEnd(), ...lines.slice(1).map((line) => indent + line)];
}

function reasonLines(report: LeakReport, options: TerminalOptions): string[] {
  return furtherReasons(report)
    .slice(0, mostReasons)
    .flatMap((reason) =>
      wrapped(options, `${plain(options, '·')} ${plainName(options, reason, longestSentence)}`, '  '),
    );
}

/** The verdict in one sentence, to be printed as soon as it is known. Ends with a newline. */
export function printVerdict(verdict: ShortVerdict, options: TerminalOptions): string {
  return blocks([verdictLines(verdict, options)]);
}

/** All of the summary but the verdict, for when that is printed already. Ends with a newline. */
export function printSummaryBody(report: LeakReport, options: TerminalOptions): string {
  const capped = capReport(report);
  return blocks([
    reasonLines(capped, options),
    suspectLines(capped, options),
    regionLines(capped, options),
    totalLines(capped, options),
    nextLines(capped, options),
    warningLines(capped, options),
  ]);
}

/** What `diff` says on the terminal: the verdict, what leaks, where memory grows, the totals. Fits a screen. */
export function printSummary(report: LeakReport, options: TerminalOptions): string {
  return printVerdict(report.verdict, options) + printSummaryBody(report, options);
}
