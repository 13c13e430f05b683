import type { Evidence, LeakReport, ReportAllocation, ReportRegion } from '../model/leak-report.ts';
import {
  noValue,
  printBytes,
  printBytesChange,
  printCount,
  printCountChange,
  printDuration,
  printOrNone,
  printRate,
  printRatio,
  printShare,
  unitsNote,
} from '../text/print-quantity.ts';
import { capReport } from './cap-report.ts';
import { contentsBlocks, gateTable, nextSteps } from './markdown-extras.ts';
import { type MarkdownColumn, markdownName, markdownPath, markdownTable, markdownText } from './markdown-text.ts';
import type { ReportFormat } from './report-format.ts';
import {
  elapsedTimes,
  furtherReasons,
  growingRegions,
  growthSeries,
  isKnown,
  knownWords,
  lastRange,
  processName,
  shownDumps,
  suspectsOf,
} from './report-view.ts';
import {
  allocationTitle,
  captureTimes,
  confidenceWords,
  contentsMark,
  growthWords,
  methodWords,
  plural,
  regionKindWords,
  regionName,
  requestWords,
  statusWords,
  trendLabels,
  trendWords,
} from './report-words.ts';

/** Trackers refuse long texts: GitHub above 65,536 characters. */
export const mostCharacters = 60_000;

const mostDumpColumns = 6;
const mostSuspects = 5;
const mostEvidence = 6;
const mostRegionRows = 12;
const mostDumpRows = 12;
const mostWarnings = 5;
const longestQuote = 600;

/** report.md: what belongs into a ticket, the verdict first, in plain pipe tables that GitHub, GitLab and Jira render. */
export const markdown = {
  id: 'markdown',
  fileName: 'report.md',
  write(report) {
    const capped = capReport(report);
    const suspects = suspectsOf(capped);
    return fitted([
      capped.contents === null ? '' : `**${contentsMark}.** Do not attach this to what others can read.`,
      heading(capped),
      gateTable(capped),
      sizesTable(capped),
      pictureLinks(capped, verdictPictures(capped)),
      suspectsTable(capped, suspects),
      ...suspects.slice(0, mostSuspects).map((suspect) => suspectDetails(capped, suspect)),
      contentsBlocks(capped, suspects.slice(0, mostSuspects)),
      nextSteps(capped, suspects.slice(0, mostSuspects)),
      regionsTable(capped),
      dumpsTable(capped),
      closing(capped),
    ]);
  },
} as const satisfies ReportFormat;

/** Joins the parts as far as they fit; they stand in the order of their importance. */
function fitted(parts: readonly string[]): string {
  const cut = 'The rest did not fit here; it is in report.html.';
  let text = '';
  for (const part of parts.filter((candidate) => candidate !== '')) {
    if (text.length + part.length + cut.length + 4 > mostCharacters) return `${text}${cut}\n`;
    text += `${part}\n\n`;
  }
  return `${text.trimEnd()}\n`;
}

function heading(report: LeakReport): string {
  const name = processName(report);
  const { verdict } = report;
  const reasons = [knownWords(report) ?? [], furtherReasons(report)]
    .flat()
    .slice(0, mostEvidence)
    .map((reason) => `- ${markdownText(reason, longestQuote)}`);
  return [
    `# ${statusWords[verdict.status]}${name === null ? '' : `: ${markdownName(name)}`}`,
    '',
    `**${markdownText(verdict.summary, longestQuote)}**`,
    ...(reasons.length > 0 ? ['', ...reasons] : []),
  ].join('\n');
}

/** One row per quantity, one column per dump: what grows, at a glance. */
function sizesTable(report: LeakReport): string {
  const { growth, dumps } = report;
  const shown = shownDumps(dumps.length, mostDumpColumns);
  const elapsed = elapsedTimes(report);
  const row = (title: string, values: readonly (number | null)[], print: (value: number) => string, total: string) => [
    title,
    ...shown.map((index) => printOrNone(values[index], print)),
    total,
  ];
  const difference = (values: readonly number[]) => printBytesChange((values.at(-1) ?? 0) - (values[0] ?? 0));
  const rows = [
    row('Mapped', growth.mappedBytes, printBytes, difference(growth.mappedBytes)),
    row('Mapped, to first', growth.ratios.toFirst, printRatio, ''),
    row('Populated', growth.populatedBytes, printBytes, difference(growth.populatedBytes)),
    ...suspectsOf(report)
      .slice(0, mostSuspects)
      .map((suspect) =>
        row(allocationTitle(suspect), suspect.counts, printCount, printCountChange(suspect.growthCount)),
      ),
  ];
  if (elapsed !== null)
    rows.unshift(['After', ...shown.map((index) => (index === 0 ? '' : `+${printDuration(elapsed[index]!)}`)), '']);
  const columns: MarkdownColumn[] = [
    { title: '' },
    ...shown.map((index) => ({ title: `Dump ${index + 1}`, isNumber: true })),
    { title: 'Change', isNumber: true },
  ];
  return markdownTable(columns, rows);
}

function verdictPictures(report: LeakReport): string[] {
  return ['growth-heatmap', 'overview-1', `overview-${report.dumps.length}`];
}

function pictureLinks(report: LeakReport, ids: readonly string[]): string {
  return ids
    .map((id) => report.pictures.find((picture) => picture.id === id))
    .filter((picture) => picture !== undefined)
    .map((picture) => `![${markdownText(picture.title, 200)}](${markdownPath(picture.png)})`)
    .join('\n');
}

function suspectsTable(report: LeakReport, suspects: readonly ReportAllocation[]): string {
  if (suspects.length === 0) return '';
  const hasKnown = suspects.some((suspect) => isKnown(report, suspect));
  const columns = [
    'Stride',
    'Request',
    'Growth',
    'Rate',
    'Share of growth',
    'How sure',
    ...(hasKnown ? ['Baseline'] : []),
  ];
  const rows = suspects
    .slice(0, mostSuspects * 2)
    .map((suspect) => [
      `${printCount(suspect.strideBytes)} bytes`,
      requestWords(suspect),
      growthWords(suspect),
      printOrNone(suspect.bytesPerHour, printRate),
      printShare(suspect.shareOfGrowth),
      `${confidenceWords(suspect.confidence)} (${printShare(suspect.confidence)})`,
      ...(hasKnown ? [isKnown(report, suspect) ? 'known' : 'new'] : []),
    ]);
  const left = suspects.length - rows.length;
  const more = left > 0 ? `\n\n${plural(left, 'more suspect')} in report.html.` : '';
  const table = markdownTable(
    columns.map((title, index) => ({ title, isNumber: index > 1 && index < 5 })),
    rows,
  );
  return `## Suspects\n\n${table}${more}`;
}

function suspectDetails(report: LeakReport, suspect: ReportAllocation): string {
  const allocator =
    suspect.allocator === null ? 'The allocator is not recognised' : `Allocator: ${markdownName(suspect.allocator)}`;
  const type = suspect.typeName === null ? '' : `Type ${markdownName(suspect.typeName)}. `;
  return [
    `### ${allocationTitle(suspect)}`,
    `${type}${allocator}; ${methodWords[suspect.method]}; ${trendWords[suspect.trend]}${isKnown(report, suspect) ? '; known, the baseline accepts it' : ''}.`,
    places(report, suspect),
    evidenceList(
      'What speaks for it:',
      suspect.evidence.filter((item) => item.for),
    ),
    evidenceList(
      'What speaks against it, or is not proven:',
      suspect.evidence.filter((item) => !item.for),
    ),
    pictureLinks(report, [`hatch-${suspect.id}`, `straightened-${suspect.id}`]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function places(report: LeakReport, suspect: ReportAllocation): string {
  const regions = report.regions.filter((region) => suspect.regionIds.includes(region.id)).slice(0, 4);
  if (regions.length === 0) return '';
  const names = regions.map((region) => (region.name === '' ? regionName(region) : markdownName(region.name)));
  const addresses = suspect.sampleAddresses.slice(0, 4).map((address) => markdownName(address, 20));
  return `Lies in ${names.join(', ')}${addresses.length === 0 ? '' : `, for example at ${addresses.join(', ')}`}.`;
}

function evidenceList(title: string, items: readonly Evidence[]): string {
  if (items.length === 0) return '';
  const lines = items.slice(0, mostEvidence).map((item) => `- ${markdownText(item.text, longestQuote)}`);
  return [title, '', ...lines].join('\n');
}

function regionsTable(report: LeakReport): string {
  const growing = growingRegions(report);
  if (growing.length === 0) return '';
  const shown = growing.slice(0, mostRegionRows);
  const left = growing.slice(mostRegionRows);
  const row = (region: ReportRegion) => {
    const { what, values } = growthSeries(region);
    const range = lastRange(region);
    return [
      region.name === '' ? regionName(region) : `${markdownName(region.name)} ${regionKindWords[region.kind]}`,
      range === null ? noValue : markdownName(range.start),
      `${printOrNone(values[0], printBytes)} → ${printOrNone(values.at(-1), printBytes)} ${what}`,
      printBytesChange(region.growthBytes),
      trendLabels[region.trend],
    ];
  };
  const rows = shown.map(row);
  if (left.length > 0) {
    const bytes = left.reduce((sum, region) => sum + region.growthBytes, 0);
    rows.push([`${plural(left.length, 'more region')}`, '', '', printBytesChange(bytes), '']);
  }
  const columns = [
    { title: 'Region' },
    { title: 'Starts at' },
    { title: 'First → last dump', isNumber: true },
    { title: 'Growth', isNumber: true },
    { title: 'Trend' },
  ];
  return `## Regions that grow\n\n${markdownTable(columns, rows)}`;
}

function dumpsTable(report: LeakReport): string {
  const times = captureTimes(report);
  const rows = shownDumps(report.dumps.length, mostDumpRows).map((index) => {
    const dump = report.dumps[index]!;
    return [
      String(index + 1),
      markdownName(dump.path),
      times[index]!,
      printBytes(dump.fileBytes),
      printBytes(dump.capturedBytes),
      printCount(dump.threadCount),
      printCount(dump.moduleCount),
      printCount(dump.regionCount),
    ];
  });
  const columns = ['Dump', 'File', 'Taken', 'Size', 'Captured', 'Threads', 'Modules', 'Regions'];
  const table = markdownTable(
    columns.map((title, index) => ({ title, isNumber: index > 2 })),
    rows,
  );
  return `## Dumps\n\n${table}${warnings(report)}`;
}

function warnings(report: LeakReport): string {
  const all = report.dumps.flatMap((dump, index) =>
    dump.warnings.map((warning) => `- Dump ${index + 1}: ${markdownText(warning.message, 300)}`),
  );
  if (all.length === 0) return '';
  const left = all.length - mostWarnings;
  const more = left > 0 ? [`- ${plural(left, 'more warning')} in report.html`] : [];
  return `\n\n${['Warnings:', '', ...all.slice(0, mostWarnings), ...more].join('\n')}`;
}

function closing(report: LeakReport): string {
  const tool = markdownText(`${report.tool.name} ${report.tool.version}`, 60);
  const contents = report.contents === null ? 'but no memory contents' : `and ${contentsMark}`;
  return `Made by ${tool} from process dumps. It contains names of files and modules, addresses, sizes and counts, ${contents}. ${unitsNote} More is in report.html, and for programs in report.json.`;
}
