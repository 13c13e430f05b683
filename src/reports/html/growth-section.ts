import type { LeakReport } from '../../model/leak-report.ts';
import {
  noValue,
  printBytes,
  printBytesChange,
  printDuration,
  printExactBytes,
  printRatio,
  printShare,
} from '../../text/print-quantity.ts';
import { elapsedTimes, steps, suspectsOf } from '../report-view.ts';
import { trendWords } from '../report-words.ts';
import { growthChart } from './growth-chart.ts';
import { type Column, numberCell, tableMarkup } from './html-table.ts';
import { html, type SafeHtml } from './html-template.ts';
import { type SharePart, shareBar } from './small-charts.ts';

/** Charts, what explains the growth, and the numbers behind them. */
export function growthSection(report: LeakReport): SafeHtml {
  const { growth } = report;
  const elapsed = elapsedTimes(report);
  return html`<p>The process as a whole: ${trendWords[growth.trend]}${elapsed === null ? `. ${timesNote(report)}, so the dumps stand at even distances.` : '.'}</p>
<div class="charts">
${growthChart({ className: 'mapped', title: 'Mapped', description: 'address space in use', values: growth.mappedBytes }, elapsed)}
${growthChart({ className: 'populated', title: 'Populated', description: 'pages that hold more than zeros', values: growth.populatedBytes }, elapsed)}
</div>
${explanation(report)}
${growthTable(report, elapsed)}`;
}

function timesNote(report: LeakReport): string {
  const isMissing = report.dumps.some((dump) => dump.capturedAt === null);
  return isMissing ? 'Not all capture times are known' : 'The capture times say nothing about the order of the dumps';
}

/** Suspects that get a colour of their own; the rest share the last. */
const mostParts = 5;

function explanation(report: LeakReport): SafeHtml | null {
  const suspects = suspectsOf(report);
  if (suspects.length === 0 || report.growth.totalBytes <= 0) return null;
  const parts: SharePart[] = suspects.slice(0, mostParts).map((suspect, index) => ({
    label: `blocks of ${printExactBytes(suspect.strideBytes)}`,
    share: suspect.shareOfGrowth,
    className: `part-${index}`,
  }));
  const named = parts.reduce((sum, part) => sum + part.share, 0);
  if (named < 1) parts.push({ label: 'everything else', share: 1 - named, className: 'part-rest' });
  const words = parts.map((part) => `${part.label} ${printShare(part.share)}`);
  return html`<h3>What explains the growth of ${printBytes(report.growth.totalBytes)}</h3>
${shareBar(parts, words.join(', '))}
<ul class="legend">${parts.map((part) => html`<li><span class="swatch ${part.className}"></span>${part.label} <strong>${printShare(part.share)}</strong></li>`)}</ul>`;
}

function growthTable(report: LeakReport, elapsed: readonly number[] | null): SafeHtml {
  const { mappedBytes, populatedBytes, ratios } = report.growth;
  const mappedSteps = steps(mappedBytes);
  const populatedSteps = steps(populatedBytes);
  const after: Column<number> = {
    title: 'After',
    isNumber: true,
    cell: (index) => ({ content: afterFirst(elapsed, index) }),
  };
  return tableMarkup<number>({
    isPerDump: true,
    caption: 'Sizes at each dump, with the change since the dump before.',
    rows: report.dumps.map((_, index) => index),
    columns: [
      { title: 'Dump', cell: (index) => ({ content: index + 1 }) },
      ...(elapsed === null ? [] : [after]),
      { title: 'Mapped', isNumber: true, cell: (index) => numberCell(mappedBytes[index], printBytes) },
      { title: 'Change', isNumber: true, cell: (index) => numberCell(mappedSteps[index], printBytesChange) },
      { title: 'To first', isNumber: true, cell: (index) => numberCell(ratios.toFirst[index], printRatio) },
      { title: 'To previous', isNumber: true, cell: (index) => numberCell(ratios.toPrevious[index], printRatio) },
      { title: 'Populated', isNumber: true, cell: (index) => numberCell(populatedBytes[index], printBytes) },
      { title: 'Change', isNumber: true, cell: (index) => numberCell(populatedSteps[index], printBytesChange) },
    ],
  });
}

/** When a dump was taken, counted from the first one. */
export function afterFirst(elapsed: readonly number[] | null, index: number): string {
  const time = elapsed?.[index];
  if (time === undefined) return noValue;
  return index === 0 ? '0 s' : `+${printDuration(time)}`;
}
