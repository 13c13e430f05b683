import type { LeakReport, PerDump, ReportRegion } from '../../model/leak-report.ts';
import { printBytes, printBytesChange } from '../../text/print-quantity.ts';
import { growingRegions, growthSeries, lastRange, otherRegionsRow, shownDumps } from '../report-view.ts';
import { plural, regionKindWords, regionName, trendLabels } from '../report-words.ts';
import { seriesColumn } from './series-column.ts';
import { bar, heading, plain, plainName, sparkline, type TerminalOptions } from './terminal-style.ts';
import { type TextColumn, textTable } from './text-table.ts';

const mostRegions = 8;
const mostSparks = 12;

interface GrowthRow {
  readonly name: string;
  readonly kind: string;
  readonly start: string;
  readonly trend: string;
  readonly values: PerDump<number>;
  readonly growthBytes: number;
}

/** Where memory grows: the largest regions with their sizes, and the rest in one row. */
export function regionLines(report: LeakReport, options: TerminalOptions): string[] {
  const rows = growthRows(report, options);
  if (rows.length === 0) return [heading(options, 'No region grows from the first dump to the last')];
  return [heading(options, growthTitle(report, rows, options)), ...textTable(growthColumns(rows, options), options)];
}

/** Blocks may fill more of a heap than it grew by: what was free before. Then the rows alone do not add up. */
function growthTitle(
  { growth: { totalBytes } }: LeakReport,
  rows: readonly GrowthRow[],
  options: TerminalOptions,
): string {
  const ofRegions = rows.reduce((total, row) => total + row.growthBytes, 0);
  const [inAll, ofBlocks] = [ofRegions, totalBytes].map((bytes) => printBytes(bytes));
  const title = `Where memory grows: ${inAll} in all`;
  const longer = `${title}, live blocks by ${ofBlocks}`;
  if (totalBytes <= ofRegions || ofBlocks === inAll) return `Where memory grows: ${ofBlocks} in all`;
  return longer.length <= options.columns ? longer : title;
}

function growthRows(report: LeakReport, options: TerminalOptions): GrowthRow[] {
  const growing = growingRegions(report);
  const shown = growing.slice(0, mostRegions);
  const rows = shown.map((region) => {
    const isAlone = shown.every((other) => other === region || other.name !== region.name);
    return regionRow(region, isAlone, options);
  });
  const cut = otherRegionsRow(report);
  const rest = [...growing.slice(mostRegions), ...(cut !== undefined && cut.growthBytes > 0 ? [cut] : [])];
  if (rest.length === 0) return rows;
  const name = cut === undefined ? plural(rest.length, 'more region') : 'all others';
  const values = report.dumps.map((_, index) => sum(rest, (region) => growthSeries(region).values[index] ?? 0));
  const growthBytes = sum(rest, (region) => region.growthBytes);
  return [...rows, { name, kind: '', start: '', trend: '', values, growthBytes }];
}

function sum(regions: readonly ReportRegion[], value: (region: ReportRegion) => number): number {
  return regions.reduce((total, region) => total + value(region), 0);
}

/** A name that several regions share, or none at all, gets the address to it; its leading zeros say nothing. */
function regionRow(region: ReportRegion, hasOwnName: boolean, options: TerminalOptions): GrowthRow {
  const start = plainName(options, lastRange(region)?.start ?? '', 20);
  const isNamed = region.name !== '';
  const place = start === '' || (isNamed && hasOwnName) ? '' : ` at ${start.replace(/^0x0+(?=.)/, '0x')}`;
  const name = isNamed || place === '' ? regionName(region) : region.kind;
  return {
    name: plainName(options, name) + place,
    kind: isNamed ? regionKindWords[region.kind] : '',
    start,
    trend: trendLabels[region.trend],
    values: growthSeries(region).values,
    growthBytes: region.growthBytes,
  };
}

function growthColumns(rows: readonly GrowthRow[], options: TerminalOptions): TextColumn[] {
  const most = Math.max(...rows.map((row) => row.growthBytes));
  const barWidth = Math.max(8, Math.min(32, options.columns - 72));
  const sizes = seriesColumn(options, {
    title: 'Size',
    rows: rows.map((row) => row.values),
    print: printBytes,
    shortenOrder: 3,
  });
  const dumps = shownDumps(rows[0]!.values.length, mostSparks);
  const sparks = rows.map((row) =>
    sparkline(
      options,
      dumps.map((index) => row.values[index] ?? null),
    ),
  );
  const growth = rows.map((row) => plain(options, printBytesChange(row.growthBytes)));
  return [
    { title: 'Region', cells: rows.map((row) => row.name), narrowest: 30 },
    { title: 'Kind', cells: rows.map((row) => row.kind), dropOrder: 6 },
    { title: 'Starts at', cells: rows.map((row) => row.start), dropOrder: 5 },
    { ...sizes, dropOrder: 1 },
    ...(dumps.length > 2 ? [{ title: '', cells: sparks, dropOrder: 2 }] : []),
    { title: 'Growth', cells: growth, isNumber: true, paints: ['bold'] },
    {
      title: '',
      cells: rows.map((row) => bar(options, row.growthBytes / most, barWidth)),
      paints: ['yellow'],
      dropOrder: 4,
    },
    { title: 'Trend', cells: rows.map((row) => row.trend), dropOrder: 7 },
  ];
}
