import type { LeakReport, PerDump, ReportAllocation, ReportRegion } from '../../model/leak-report.ts';
import {
  printBytes,
  printBytesChange,
  printCount,
  printCountChange,
  printDuration,
  printOrNone,
  printRate,
  printRatio,
  printShare,
} from '../print-quantity.ts';
import { plural, regionKindWords, regionName, requestWords, trendWords } from '../report-words.ts';
import { change, elapsedTimes, growingRegions, growthSeries, lastRange, otherRegionsRow, shownDumps, suspectsOf } from '../report-view.ts';
import { bar, paint, plain, plainName, sparkline, statusPaint, type TerminalOptions } from './terminal-style.ts';
import { type TextColumn, textTable, wrapText } from './text-table.ts';

/** From this width on there is room for what else is worth knowing. */
const wideColumns = 120;
const mostSuspects = 6;
const mostRegions = 8;

function heading(options: TerminalOptions, text: string): string {
  return paint(options, plain(options, text), 'bold');
}

/** `108 → 262 → 500`, and in short `108 → … → 500`. */
function seriesColumn(options: TerminalOptions, title: string, rows: readonly PerDump<number>[], print: (value: number) => string): TextColumn {
  const texts = rows.map((values) => values.map((value) => printOrNone(value, print)));
  const short = (parts: readonly string[]) => (parts.length < 3 ? parts : [parts[0], '…', parts.at(-1)]).join(' → ');
  return {
    title,
    // More than a dozen numbers in a row are not read.
    cells: texts.map((parts) => plain(options, parts.length > 12 ? short(parts) : parts.join(' → '))),
    shorter: texts.map((parts) => plain(options, short(parts))),
    isNumber: true,
  };
}

export function suspectLines(report: LeakReport, options: TerminalOptions): string[] {
  const suspects = suspectsOf(report);
  if (suspects.length === 0) return [];
  const shown = suspects.slice(0, mostSuspects);
  const words = (print: (suspect: ReportAllocation) => string) => shown.map((suspect) => plain(options, print(suspect)));
  const counts = seriesColumn(options, 'Live blocks', shown.map((suspect) => suspect.counts), printCount);
  const isWide = options.columns >= wideColumns;
  const columns: TextColumn[] = [
    { title: 'Stride', cells: words((suspect) => printCount(suspect.strideBytes)), isNumber: true, paints: ['bold'] },
    { title: 'Request', cells: words((suspect) => requestWords(suspect, '–').replace(/ bytes?$/, '')), isNumber: true, dropOrder: 2 },
    { ...counts, paints: [statusPaint[report.verdict.status]] },
    { title: 'Growth', cells: words((suspect) => printBytesChange(suspect.growthBytes)), isNumber: true, dropOrder: 1 },
    { title: 'Rate', cells: words((suspect) => printOrNone(suspect.bytesPerHour, printRate)), isNumber: true, dropOrder: 3 },
    { title: 'Share', cells: words((suspect) => printShare(suspect.shareOfGrowth)), isNumber: true },
    { title: 'Sure', cells: words((suspect) => printShare(suspect.confidence)), isNumber: true, dropOrder: 4 },
  ];
  if (isWide) columns.push(...wideSuspectColumns(report, shown, options));
  const left = suspects.length - shown.length;
  return [
    `${heading(options, report.verdict.status === 'leak' ? 'What leaks' : 'Likely suspects')}${plain(options, ', sizes in bytes')}`,
    ...textTable(columns, options),
    ...(left > 0 ? [plain(options, `  ${plural(left, 'more suspect')} in the report`)] : []),
  ];
}

function wideSuspectColumns(report: LeakReport, suspects: readonly ReportAllocation[], options: TerminalOptions): TextColumn[] {
  const place = (suspect: ReportAllocation) => {
    const regions = report.regions.filter((region) => suspect.regionIds.includes(region.id));
    if (regions.length === 0) return '';
    const more = regions.length > 1 ? ` and ${regions.length - 1} more` : '';
    return `${plainName(options, regionName(regions[0]!), 40)}${more}`;
  };
  const method = (suspect: ReportAllocation) => (suspect.method === 'chunk-walk' ? 'walked' : 'by stride');
  return [
    { title: 'Trend', cells: suspects.map((suspect) => trendWords[suspect.trend]), dropOrder: 6 },
    { title: 'Counted', cells: suspects.map(method), dropOrder: 8 },
    { title: 'Allocator', cells: suspects.map((suspect) => plainName(options, suspect.allocator ?? 'unknown', 24)), dropOrder: 7, narrowest: 8 },
    { title: 'Lies in', cells: suspects.map(place), dropOrder: 5, narrowest: 8 },
  ];
}

interface GrowthRow {
  readonly name: string;
  readonly values: PerDump<number>;
  readonly growthBytes: number;
  readonly region: ReportRegion | null;
}

/** The rows of the growth table: the largest regions, and one for all the rest that grow. */
function growthRows(report: LeakReport, options: TerminalOptions): GrowthRow[] {
  const growing = growingRegions(report);
  const rows: GrowthRow[] = growing.slice(0, mostRegions).map((region) => ({
    name: plainName(options, regionName(region)),
    values: growthSeries(region).values,
    growthBytes: region.growthBytes,
    region,
  }));
  const cut = otherRegionsRow(report);
  const rest = [...growing.slice(mostRegions), ...(cut !== undefined && cut.growthBytes > 0 ? [cut] : [])];
  if (rest.length === 0) return rows;
  const name = cut === undefined ? `${plural(rest.length, 'more region')}` : 'all others';
  const values = report.dumps.map((_, index) => rest.reduce((sum, region) => sum + (growthSeries(region).values[index] ?? 0), 0));
  return [...rows, { name, values, growthBytes: rest.reduce((sum, region) => sum + region.growthBytes, 0), region: null }];
}

export function regionLines(report: LeakReport, options: TerminalOptions): string[] {
  const rows = growthRows(report, options);
  if (rows.length === 0) return [heading(options, 'No region grows from the first dump to the last.')];
  const most = Math.max(...rows.map((row) => row.growthBytes));
  const isWide = options.columns >= wideColumns;
  const barWidth = Math.max(8, Math.min(32, options.columns - 68));
  const words = (print: (row: GrowthRow) => string) => rows.map((row) => plain(options, print(row)));
  const kind = (row: GrowthRow) => (row.region === null || row.region.name === '' ? '' : regionKindWords[row.region.kind]);
  const start = (row: GrowthRow) => (row.region === null ? '' : plainName(options, lastRange(row.region)?.start ?? '', 20));
  const columns: TextColumn[] = [
    { title: 'Region', cells: rows.map((row) => row.name), narrowest: 12 },
    { title: 'Kind', cells: words(kind), dropOrder: 4 },
    ...(isWide ? [{ title: 'Starts at', cells: rows.map(start), dropOrder: 5 }] : []),
    seriesColumn(options, 'Size', rows.map((row) => row.values), printBytes),
    ...(report.dumps.length > 2 ? [{ title: '', cells: rows.map((row) => sparkline(options, row.values.slice(-16))), dropOrder: 2 }] : []),
    { title: 'Growth', cells: words((row) => printBytesChange(row.growthBytes)), isNumber: true, paints: ['bold'] },
    { title: '', cells: rows.map((row) => bar(options, row.growthBytes / most, barWidth)), paints: ['yellow'], dropOrder: 3 },
    ...(isWide ? [{ title: 'Trend', cells: words((row) => (row.region === null ? '' : trendWords[row.region.trend])), dropOrder: 6 }] : []),
  ];
  return [heading(options, `Where memory grows: ${printBytes(report.growth.totalBytes)} in all`), ...textTable(columns, options)];
}

/** The process as a whole; counts of threads and the like only where they change, for growth is not always heap. */
export function totalLines(report: LeakReport, options: TerminalOptions): string[] {
  const { growth, dumps } = report;
  const counts = [
    { name: 'Threads', values: dumps.map((dump) => dump.threadCount) },
    { name: 'Modules', values: dumps.map((dump) => dump.moduleCount) },
    { name: 'Regions', values: dumps.map((dump) => dump.regionCount) },
  ].filter(({ values }) => values.some((value) => value !== values[0]));
  const elapsed = elapsedTimes(report);
  const rows = [
    { name: 'Mapped', values: growth.mappedBytes, print: printBytes, total: printBytesChange(change(growth.mappedBytes)), ratio: printRatio(growth.ratios.toFirst.at(-1) ?? 1) },
    { name: 'Populated', values: growth.populatedBytes, print: printBytes, total: printBytesChange(change(growth.populatedBytes)), ratio: '' },
    ...counts.map(({ name, values }) => ({ name, values, print: printCount, total: printCountChange(change(values)), ratio: '' })),
  ];
  // A dump's column takes about a dozen characters, and names and changes take three dozen.
  const shown = shownDumps(dumps.length, Math.max(2, Math.min(12, Math.floor((options.columns - 36) / 12))));
  const time = (index: number) => (elapsed === null || index === 0 ? '' : `+${printDuration(elapsed[index]!)}`);
  const hasTimes = elapsed !== null;
  const cell = (text: string) => plain(options, text);
  return [
    heading(options, 'The process as a whole'),
    ...textTable(
      [
        { title: '', cells: [...(hasTimes ? ['After'] : []), ...rows.map((row) => row.name)] },
        ...shown.map((index) => ({
          title: `Dump ${index + 1}`,
          cells: [...(hasTimes ? [cell(time(index))] : []), ...rows.map((row) => cell(printOrNone(row.values[index], row.print)))],
          isNumber: true,
          dropOrder: index === 0 || index === dumps.length - 1 ? 0 : 1,
        })),
        { title: 'Change', cells: [...(hasTimes ? [''] : []), ...rows.map((row) => cell(row.total))], isNumber: true, paints: ['bold'] },
        { title: '', cells: [...(hasTimes ? [''] : []), ...rows.map((row) => cell(row.ratio))], isNumber: true, dropOrder: 2 },
      ],
      options,
    ),
  ];
}

export function warningLines(report: LeakReport, options: TerminalOptions): string[] {
  const count = report.dumps.reduce((sum, dump) => sum + dump.warnings.length, 0);
  if (count === 0) return [];
  const first = report.dumps.flatMap((dump) => dump.warnings)[0]!;
  const text = `${plural(count, 'warning')}${count === 1 ? '' : ', the first'}: ${plainName(options, first.message, 400)}`;
  const lines = wrapText(plain(options, text), Math.min(options.columns, 110), '  ');
  return lines.map((line) => paint(options, line, 'yellow'));
}
