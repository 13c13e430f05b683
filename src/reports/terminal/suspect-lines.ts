import type { LeakReport, ReportAllocation } from '../../model/leak-report.ts';
import {
  noValue,
  printBytesChange,
  printCount,
  printOrNone,
  printRate,
  printShare,
} from '../../text/print-quantity.ts';
import { isKnown, suspectsOf } from '../report-view.ts';
import { plural, regionName, requestWords, trendLabels } from '../report-words.ts';
import { seriesColumn } from './series-column.ts';
import { heading, plain, plainName, statusPaint, type TerminalOptions } from './terminal-style.ts';
import { type TextColumn, textTable } from './text-table.ts';

const mostSuspects = 6;

/** What leaks: stride, request, counts, growth, rate, share; on a wide terminal also how it was counted and where. */
export function suspectLines(report: LeakReport, options: TerminalOptions): string[] {
  const suspects = suspectsOf(report);
  if (suspects.length === 0) return [];
  const shown = suspects.slice(0, mostSuspects);
  const left = suspects.length - shown.length;
  const title = report.verdict.status === 'leak' ? 'What leaks' : 'Likely suspects';
  return [
    heading(options, title, 'sizes in bytes'),
    ...textTable([...mainColumns(report, shown, options), ...furtherColumns(report, shown, options)], options),
    ...(left > 0 ? [`  ${plural(left, 'more suspect')} in the report`] : []),
  ];
}

type Suspects = readonly ReportAllocation[];

function mainColumns(report: LeakReport, suspects: Suspects, options: TerminalOptions): TextColumn[] {
  const words = (print: (suspect: ReportAllocation) => string) =>
    suspects.map((suspect) => plain(options, print(suspect)));
  const hasRates = suspects.some((suspect) => suspect.bytesPerHour !== null);
  const counts = seriesColumn(options, {
    title: 'Live blocks',
    rows: suspects.map((suspect) => suspect.counts),
    print: printCount,
    shortenOrder: 5,
  });
  const hasKnown = suspects.some((suspect) => isKnown(report, suspect));
  const known = suspects.map((suspect) => (isKnown(report, suspect) ? 'known' : 'new'));
  const rate = words((suspect) => printOrNone(suspect.bytesPerHour, printRate));
  return [
    { title: 'Stride', cells: words((suspect) => printCount(suspect.strideBytes)), isNumber: true, paints: ['bold'] },
    { title: 'Request', cells: words(shortRequest), isNumber: true, dropOrder: 2 },
    { ...counts, paints: [statusPaint[report.verdict.status]] },
    { title: 'Growth', cells: words((suspect) => printBytesChange(suspect.growthBytes)), isNumber: true, dropOrder: 1 },
    ...(hasRates ? [{ title: 'Rate', cells: rate, isNumber: true, dropOrder: 3 }] : []),
    ...(hasKnown ? [{ title: 'Baseline', cells: known }] : []),
    { title: 'Share', cells: words((suspect) => printShare(suspect.shareOfGrowth)), isNumber: true },
    { title: 'Sure', cells: words((suspect) => printShare(suspect.confidence)), isNumber: true, dropOrder: 4 },
  ];
}

function shortRequest(suspect: ReportAllocation): string {
  return suspect.requestBytes === null ? noValue : requestWords(suspect, '–').replace(/ bytes?$/, '');
}

/** The first to go on a narrow terminal. */
function furtherColumns(report: LeakReport, suspects: Suspects, options: TerminalOptions): TextColumn[] {
  const place = (suspect: ReportAllocation) => {
    const regions = report.regions.filter((region) => suspect.regionIds.includes(region.id));
    if (regions.length === 0) return '';
    const more = regions.length > 1 ? ` and ${regions.length - 1} more` : '';
    return `${plainName(options, regionName(regions[0]!), 40)}${more}`;
  };
  const method = (suspect: ReportAllocation) => (suspect.method === 'chunk-walk' ? 'walked' : 'by stride');
  const allocator = (suspect: ReportAllocation) => plainName(options, suspect.allocator ?? 'unknown', 24);
  return [
    { title: 'Trend', cells: suspects.map((suspect) => trendLabels[suspect.trend]), dropOrder: 6 },
    { title: 'Allocator', cells: suspects.map(allocator), dropOrder: 8 },
    { title: 'Counted', cells: suspects.map(method), dropOrder: 9 },
    { title: 'Lies in', cells: suspects.map(place), dropOrder: 7, narrowest: 24 },
  ];
}
