import type { LeakReport, ReportHeap, ReportRegion } from '../../model/leak-report.ts';
import { escapeText } from '../../text/escape-text.ts';
import { noValue, printBytes, printBytesChange, printCount } from '../../text/print-quantity.ts';
import { othersId } from '../cap-report.ts';
import {
  change,
  growingRegions,
  growthSeries,
  lastKnown,
  lastRange,
  otherRegionsRow,
  quietRegions,
} from '../report-view.ts';
import { plural, regionKindWords, regionName, trendLabels } from '../report-words.ts';
import { type Cell, type Column, firstToLast, numberCell, tableMarkup } from './html-table.ts';
import { type HtmlValue, html, nameMarkup, type SafeHtml } from './html-template.ts';
import { sparkBars } from './small-charts.ts';

/** More growing regions are folded: the first ones make up most, and what follows has to be found. */
const mostGrowing = 20;

/** The regions that grow, and folded away small ones and those that do not. */
export function regionsSection(report: LeakReport): SafeHtml {
  const growing = growingRegions(report).slice(0, mostGrowing);
  const further = growingRegions(report).slice(mostGrowing);
  const quiet = quietRegions(report);
  const others = otherRegionsRow(report);
  const rowId = (region: ReportRegion) => `region-${report.regions.indexOf(region) + 1}`;
  const table = (caption: HtmlValue, rows: readonly ReportRegion[], footRows: readonly ReportRegion[]) =>
    tableMarkup({ caption, rows, footRows, columns: regionColumns(report), isSortable: true, rowId });
  const quietBytes = quiet.reduce((sum, region) => sum + (lastKnown(region.mappedBytes) ?? 0), 0);
  const rest = others === undefined ? [] : [others];
  return html`${growing.length === 0 ? html`<p>No region grows from the first dump to the last.</p>` : table('Sizes in the first and the last dump; the bars show every dump.', growing, quiet.length + further.length === 0 ? rest : [])}
${
  further.length > 0 &&
  html`<details><summary>${plural(further.length, 'more region')} that ${further.length === 1 ? 'grows' : 'grow'}, ${printBytesChange(further.reduce((sum, region) => sum + region.growthBytes, 0))}</summary>
${table('Smaller growth, the largest first.', further, quiet.length === 0 ? rest : [])}</details>`
}
${
  quiet.length > 0 &&
  html`<details><summary>${plural(quiet.length, 'region')} that ${quiet.length === 1 ? 'does' : 'do'} not grow, ${printBytes(quietBytes)}</summary>
${table('Regions that keep their size or shrink.', quiet, rest)}</details>`
}`;
}

function regionCell(region: ReportRegion): Cell {
  const kind = regionKindWords[region.kind];
  const isNamed = region.name !== '' && region.id !== othersId;
  return {
    content: html`${nameMarkup(regionName(region), 60)}${isNamed && html` <span class="soft">${kind}</span>`}`,
    value: escapeText(regionName(region)),
  };
}

function addressCell(region: ReportRegion): Cell {
  const range = lastRange(region);
  if (range === null) return { content: noValue, value: null };
  const start = escapeText(range.start);
  return { content: html`<span class="address nowrap">${start}</span>`, value: start };
}

function regionColumns(report: LeakReport): Column<ReportRegion>[] {
  const hasHeaps = report.regions.some((region) => region.liveBytes.some((bytes) => bytes !== null));
  const columns: Column<ReportRegion>[] = [
    { title: 'Region', cell: regionCell },
    { title: 'Starts at', cell: addressCell },
    { title: 'Growth', isNumber: true, cell: (region) => numberCell(growthOf(region), printBytesChange) },
    { title: 'Mapped', isNumber: true, cell: (region) => firstToLast(region.mappedBytes, printBytes) },
    { title: 'Populated', isNumber: true, cell: (region) => firstToLast(region.populatedBytes, printBytes) },
    { title: 'Dumps', isUnsorted: true, cell: (region) => ({ content: sparkBars(growthSeries(region).values) }) },
    {
      title: 'Trend',
      cell: (region) => ({
        content: html`<span class="nowrap">${trendLabels[region.trend]}</span>`,
        value: region.trend,
      }),
    },
  ];
  if (hasHeaps)
    columns.splice(5, 0, {
      title: 'In live blocks',
      isNumber: true,
      cell: (region) => firstToLast(region.liveBytes, printBytes),
    });
  return columns;
}

/** Shrinking regions count as no growth in the totals; here they are shown as what they are. */
function growthOf(region: ReportRegion): number {
  return region.growthBytes > 0
    ? region.growthBytes
    : Math.min(0, change(region.mappedBytes), change(region.populatedBytes));
}

/** What the allocators hold: blocks in use and blocks that were freed and kept. */
export function heapsSection(heaps: readonly ReportHeap[]): SafeHtml {
  return html`<p>Freed blocks that an allocator keeps for later are not a leak; they are told apart here.</p>
${tableMarkup<ReportHeap>({
  caption: 'Blocks in the first and the last dump.',
  isSortable: true,
  rows: heaps.filter((heap) => heap.id !== othersId),
  footRows: heaps.filter((heap) => heap.id === othersId),
  columns: [
    { title: 'Heap', cell: (heap) => ({ content: heapName(heap), value: escapeText(heap.name || heap.allocator) }) },
    {
      title: 'At',
      cell: (heap) => ({
        content: heap.address === '' ? noValue : html`<span class="address nowrap">${escapeText(heap.address)}</span>`,
        value: heap.address,
      }),
    },
    { title: 'Live blocks', isNumber: true, cell: (heap) => firstToLast(heap.liveBlocks, printCount) },
    { title: 'Live', isNumber: true, cell: (heap) => firstToLast(heap.liveBytes, printBytes) },
    { title: 'Change', isNumber: true, cell: (heap) => numberCell(change(heap.liveBytes), printBytesChange) },
    { title: 'Free blocks', isNumber: true, cell: (heap) => firstToLast(heap.freeBlocks, printCount) },
    { title: 'Free', isNumber: true, cell: (heap) => firstToLast(heap.freeBytes, printBytes) },
    { title: 'Change', isNumber: true, cell: (heap) => numberCell(change(heap.freeBytes), printBytesChange) },
  ],
})}`;
}

function heapName(heap: ReportHeap): SafeHtml {
  if (heap.name === '' || heap.name === heap.allocator) return nameMarkup(heap.allocator, 60);
  return html`${nameMarkup(heap.name, 60)} <span class="soft">${nameMarkup(heap.allocator, 60)}</span>`;
}
