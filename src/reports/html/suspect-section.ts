import type { BlockField, Evidence, LeakReport, ReportAllocation } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import {
  noValue,
  printBytes,
  printBytesChange,
  printCount,
  printCountChange,
  printExactBytes,
  printRate,
  printShare,
} from '../../text/print-quantity.ts';
import { othersId } from '../cap-report.ts';
import type { EmbeddedPicture } from '../report-format.ts';
import { elapsedTimes, isKnown, lastRange, steps, suspectsOf } from '../report-view.ts';
import {
  allocationTitle,
  confidenceWords,
  fieldKindWords,
  growthWords,
  methodWords,
  plural,
  regionName,
  requestWords,
  trendLabels,
  trendWords,
} from '../report-words.ts';
import { suspectContents } from './contents-markup.ts';
import { afterFirst } from './growth-section.ts';
import { firstToLast, numberCell, tableMarkup } from './html-table.ts';
import { type HtmlValue, html, nameMarkup, type SafeHtml, trustedMarkup } from './html-template.ts';
import { suspectSteps } from './next-section.ts';
import { pictureFigure } from './picture-section.ts';
import { anatomyStrip, sparkBars } from './small-charts.ts';

/** Suspects shown in full; more are listed. */
export const mostCards = 8;

/** What a list of details shows at most, before it says how many more there are. */
const mostAddresses = 12;
const mostRegions = 8;
const mostFields = 48;
/** More fields than these are folded: the strip above shows them all at a glance. */
const fieldsAtOnce = 12;

/** The suspects as cards, the largest first; more than a handful are listed below them, and so is what is no suspect. */
export function suspectsSection(
  report: LeakReport,
  picturesOf: (suspect: ReportAllocation) => readonly EmbeddedPicture[],
): SafeHtml {
  const suspects = suspectsOf(report);
  const further = suspects.slice(mostCards);
  const others = report.allocations.filter((item) => !suspects.includes(item));
  const rows = others.filter((item) => item.id !== othersId);
  const words = `${plural(rows.length, 'other block size')} that ${rows.length === 1 ? 'is no suspect' : 'are no suspects'}`;
  return html`${suspects.slice(0, mostCards).map((suspect) => suspectCard(report, suspect, picturesOf(suspect)))}
${further.length > 0 && classTable(report, plural(further.length, 'more suspect'), further, [])}
${
  others.length > 0 &&
  classTable(
    report,
    words,
    rows,
    others.filter((item) => item.id === othersId),
  )
}`;
}

/** Everything known about one suspect. */
function suspectCard(report: LeakReport, suspect: ReportAllocation, pictures: readonly EmbeddedPicture[]): SafeHtml {
  const index = report.verdict.suspects.indexOf(suspect.id);
  return html`<article class="card" id="suspect-${index + 1}" aria-labelledby="suspect-title-${index + 1}">
<header><h3 id="suspect-title-${index + 1}">${allocationTitle(suspect)}${isKnown(report, suspect) && html` <span class="mark">known</span>`}</h3>
<p class="soft">${printShare(suspect.shareOfGrowth)} of the growth</p></header>
<div class="columns"><div>${facts(report, suspect)}</div>
<div>${countsTable(report, suspect)}</div></div>
${evidenceList(suspect)}
${pictures.length > 0 && html`<div class="pair">${pictures.map(pictureFigure)}</div>`}
${anatomy(suspect)}
${places(report, suspect)}
${suspectContents(report, suspect)}
${suspectSteps(report, suspect)}
</article>`;
}

function facts(report: LeakReport, suspect: ReportAllocation): SafeHtml {
  const facts: [string, HtmlValue][] = [
    [
      'Block to block',
      html`${printExactBytes(suspect.strideBytes)} <span class="soft address">0x${suspect.strideBytes.toString(16)}</span>`,
    ],
    ['Asked for', requestWords(suspect)],
    ['Growth', growthWords(suspect)],
    ['Rate', suspect.bytesPerHour === null ? 'not known: capture times are missing' : printRate(suspect.bytesPerHour)],
    ['Over the dumps', trendWords[suspect.trend]],
    [
      'How sure',
      html`${confidenceWords(suspect.confidence)} <span class="soft">(${printShare(suspect.confidence)})</span>`,
    ],
    ['Allocator', suspect.allocator === null ? 'not recognised' : nameMarkup(suspect.allocator)],
    ['Blocks', countingWords(suspect)],
  ];
  if (suspect.typeName !== null) facts.splice(2, 0, ['Type', html`<code>${nameMarkup(suspect.typeName)}</code>`]);
  if (isKnown(report, suspect)) facts.push(['Baseline', 'accepts this growth: it is known']);
  if (suspect.linkedTo !== null) facts.push(['Belongs to', linkedWords(report, suspect.linkedTo)]);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function countingWords(suspect: ReportAllocation): string {
  const exactness = suspect.countError === 0 ? 'exact' : `within ${printShare(suspect.countError)}`;
  return `${methodWords[suspect.method]}, ${exactness}`;
}

function linkedWords(report: LeakReport, id: string): HtmlValue {
  const linked = report.allocations.find((allocation) => allocation.id === id);
  const name = linked === undefined ? 'another class' : `blocks of ${printExactBytes(linked.strideBytes)}`;
  const index = report.verdict.suspects.indexOf(id);
  return html`${index < 0 || index >= mostCards ? name : html`<a href="#suspect-${index + 1}">${name}</a>`}, from the same request`;
}

function countsTable(report: LeakReport, suspect: ReportAllocation): SafeHtml {
  const elapsed = elapsedTimes(report);
  const changes = steps(suspect.counts);
  const hasFree = suspect.freeCounts.some((count) => count !== null);
  const bytes = (index: number) => {
    const count = suspect.counts[index] ?? null;
    return count === null ? null : count * suspect.strideBytes;
  };
  return tableMarkup({
    isPerDump: true,
    caption: html`Live blocks of this size in the whole process ${sparkBars(suspect.counts)}`,
    rows: report.dumps.map((_, index) => index),
    columns: [
      { title: 'Dump', cell: (index) => ({ content: index + 1 }) },
      ...(elapsed === null
        ? []
        : [{ title: 'After', isNumber: true, cell: (index: number) => ({ content: afterFirst(elapsed, index) }) }]),
      { title: 'Blocks', isNumber: true, cell: (index) => numberCell(suspect.counts[index], printCount) },
      { title: 'Change', isNumber: true, cell: (index) => numberCell(changes[index], printCountChange) },
      { title: 'Size', isNumber: true, cell: (index) => numberCell(bytes(index), printBytes) },
      ...(hasFree
        ? [
            {
              title: 'Free',
              isNumber: true,
              cell: (index: number) => numberCell(suspect.freeCounts[index], printCount),
            },
          ]
        : []),
    ],
  });
}

const marks = {
  for: trustedMarkup('<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5l3.5 3.5L13 4.5"/></svg>'),
  against: trustedMarkup('<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3.5v5.5M8 12.3v.2"/></svg>'),
};

function evidenceList(suspect: ReportAllocation): SafeHtml | null {
  if (suspect.evidence.length === 0) return null;
  const sides = [
    { title: 'What speaks for it', side: 'for' as const, items: suspect.evidence.filter((item) => item.for) },
    {
      title: 'What speaks against it, or is not proven',
      side: 'against' as const,
      items: suspect.evidence.filter((item) => !item.for),
    },
  ];
  const item = (side: 'for' | 'against', evidence: Evidence) =>
    html`<li class="${side}">${marks[side]}${escapeText(evidence.text, longestSentence)}</li>`;
  return html`${sides
    .filter(({ items }) => items.length > 0)
    .map(
      ({ title, side, items }) =>
        html`<h4>${title}</h4><ul class="evidence">${items.map((evidence) => item(side, evidence))}</ul>`,
    )}`;
}

function anatomy(suspect: ReportAllocation): SafeHtml | null {
  if (suspect.fields.length === 0) return null;
  const shown = suspect.fields.slice(0, mostFields);
  const left = suspect.fields.length - shown.length;
  const kind = (field: BlockField) => html`<span class="swatch f-${field.kind}"></span>${fieldKindWords[field.kind]}`;
  return html`<h4>What a block looks like inside</h4>
${anatomyStrip(suspect.fields, suspect.strideBytes)}
${foldedFields(shown, kind)}
${left > 0 && html`<p class="small soft">${plural(left, 'more field')} in report.json.</p>`}`;
}

function foldedFields(fields: readonly BlockField[], kind: (field: BlockField) => SafeHtml): SafeHtml {
  if (fields.length <= fieldsAtOnce) return fieldsTable(fields, kind);
  return html`<details><summary class="small">${plural(fields.length, 'field')}</summary>${fieldsTable(fields, kind)}</details>`;
}

function fieldsTable(shown: readonly BlockField[], kind: (field: BlockField) => SafeHtml): SafeHtml {
  return tableMarkup({
    caption: 'Fields from the start of a block, as they are alike in most blocks. Kinds only, no contents.',
    isCompact: true,
    rows: shown,
    columns: [
      {
        title: 'Offset',
        cell: (field) => ({ content: html`<span class="address">+0x${field.offset.toString(16)}</span>` }),
      },
      { title: 'Size', isNumber: true, cell: (field) => numberCell(field.size, printExactBytes) },
      { title: 'Kind', cell: (field) => ({ content: kind(field) }) },
      { title: 'Detail', cell: (field) => ({ content: nameMarkup(fieldDetail(field)) }) },
    ],
  });
}

/** Details that only repeat the kind are left out. */
function fieldDetail(field: BlockField): string {
  return fieldKindWords[field.kind].startsWith(field.detail.replace(/s$/, '')) ? '' : field.detail;
}

function places(report: LeakReport, suspect: ReportAllocation): SafeHtml | null {
  const regions = suspect.regionIds
    .map((id) => report.regions.findIndex((region) => region.id === id))
    .filter((index) => index >= 0);
  const addresses = suspect.sampleAddresses.slice(0, mostAddresses);
  if (regions.length === 0 && addresses.length === 0) return null;
  const links = regions.slice(0, mostRegions).map((index) => {
    const region = report.regions[index]!;
    const start = lastRange(region)?.start;
    const place = start === undefined ? null : html` <span class="soft address">${escapeText(start)}</span>`;
    return html`<li><a href="#region-${index + 1}">${nameMarkup(regionName(region), 60)}</a>${place}</li>`;
  });
  const left = regions.length - links.length;
  return html`<h4>Where it lies</h4>
${links.length > 0 && html`<ul>${links}${left > 0 && html`<li>${plural(left, 'more region')}</li>`}</ul>`}
${
  addresses.length > 0 &&
  html`<p class="small soft">Some of the blocks, for a debugger:</p>
<ul class="addresses">${addresses.map((address) => html`<li class="address">${escapeText(address)}</li>`)}</ul>`
}`;
}

/** Classes in short, folded. */
function classTable(
  report: LeakReport,
  summary: string,
  rows: readonly ReportAllocation[],
  footRows: readonly ReportAllocation[],
): SafeHtml {
  const title = (item: ReportAllocation) =>
    item.id === othersId ? allocationTitle(item) : printExactBytes(item.strideBytes);
  const request = (item: ReportAllocation) => (item.requestBytes === null ? noValue : requestWords(item));
  const allocator = (item: ReportAllocation) => (item.allocator === null ? noValue : nameMarkup(item.allocator));
  return html`<details><summary>${summary}</summary>
${tableMarkup<ReportAllocation>({
  caption: 'Live blocks in the first and the last dump.',
  isSortable: true,
  rows,
  footRows,
  columns: [
    { title: 'Block to block', cell: (item) => ({ content: title(item), value: item.strideBytes }) },
    { title: 'Asked for', cell: (item) => ({ content: request(item), value: item.requestBytes?.max ?? null }) },
    { title: 'Allocator', cell: (item) => ({ content: allocator(item), value: item.allocator }) },
    { title: 'Blocks', isNumber: true, cell: (item) => firstToLast(item.counts, printCount) },
    { title: 'Growth', isNumber: true, cell: (item) => numberCell(item.growthBytes, printBytesChange) },
    { title: 'Trend', cell: (item) => ({ content: trendLabels[item.trend] }) },
    ...(rows.some((item) => isKnown(report, item))
      ? [{ title: 'Baseline', cell: (item: ReportAllocation) => ({ content: isKnown(report, item) ? 'known' : '' }) }]
      : []),
  ],
})}</details>`;
}
