import type { LeakReport, Method, ReportDump, TimeSource } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { noValue, printBytes, printCount, unitsNote } from '../../text/print-quantity.ts';
import { captureTimes, contentsMark, plural } from '../report-words.ts';
import { numberCell, tableMarkup } from './html-table.ts';
import { html, nameMarkup, type SafeHtml } from './html-template.ts';

const timeSourceWords: Readonly<Record<TimeSource, string>> = {
  dump: '',
  file: "the file's time",
  argument: 'as given',
};

/** The dumps, what they hold, and what was wrong with them. */
export function dumpsSection(report: LeakReport): SafeHtml {
  const times = captureTimes(report);
  const rows = report.dumps.map((dump, index) => ({ dump, number: index + 1, time: times[index]! }));
  type Row = (typeof rows)[number];
  const bytes = (title: string, value: (dump: ReportDump) => number) => ({
    title,
    isNumber: true,
    cell: (row: Row) => numberCell(value(row.dump), printBytes),
  });
  const counts = (title: string, value: (dump: ReportDump) => number) => ({
    title,
    isNumber: true,
    cell: (row: Row) => numberCell(value(row.dump), printCount),
  });
  return html`${tableMarkup<Row>({
    isPerDump: true,
    caption: 'The files, in capture order.',
    rows,
    columns: [
      { title: 'Dump', cell: (row) => ({ content: row.number }) },
      { title: 'File', cell: (row) => ({ content: nameMarkup(row.dump.path, 60) }) },
      bytes('Size', (dump) => dump.fileBytes),
      {
        title: 'Format',
        cell: (row) => ({ content: html`${nameMarkup(row.dump.format)} <span class="soft">${row.dump.arch}</span>` }),
      },
      { title: 'Taken', cell: (row) => ({ content: takenAt(row.dump, row.time) }) },
    ],
  })}
${tableMarkup<Row>({
  isPerDump: true,
  caption: 'What they hold.',
  rows,
  columns: [
    { title: 'Dump', cell: (row) => ({ content: row.number }) },
    bytes('Mapped', (dump) => dump.mappedBytes),
    bytes('Captured', (dump) => dump.capturedBytes),
    bytes('Populated', (dump) => dump.populatedBytes),
    bytes('Zero', (dump) => dump.zeroBytes),
    counts('Threads', (dump) => dump.threadCount),
    counts('Modules', (dump) => dump.moduleCount),
    counts('Regions', (dump) => dump.regionCount),
  ],
})}
${warningsList(report)}`;
}

function takenAt(dump: ReportDump, time: string): SafeHtml {
  const source = dump.timeSource === null || time === noValue ? '' : timeSourceWords[dump.timeSource];
  return html`<span class="nowrap">${time}</span>${source !== '' && html` <span class="soft">${source}</span>`}`;
}

function warningsList(report: LeakReport): SafeHtml {
  const count = report.dumps.reduce((sum, dump) => sum + dump.warnings.length, 0);
  if (count === 0) return html`<p class="soft">No warnings: nothing in these dumps was damaged or missing.</p>`;
  return html`<h3>${plural(count, 'warning')}</h3>
${report.dumps.map((dump, index) => dump.warnings.length > 0 && html`<h4>Dump ${index + 1}</h4><ul>${dump.warnings.map((warning) => html`<li>${escapeText(warning.message, longestSentence)}${warning.offset !== null && html` <span class="soft address">at file offset 0x${Math.max(0, warning.offset).toString(16)}</span>`}</li>`)}</ul>`)}`;
}

const methodMeanings: Readonly<Record<Method, string>> = {
  'chunk-walk':
    "Where the allocator's own structures were found and made sense, they were followed from block to block: those counts are exact.",
  stride:
    'Where no known allocator was found, bytes that came between the dumps were searched for a pattern that repeats at a constant distance; the blocks were then counted by that pattern.',
};

/** What of the process's memory is in this file. */
function contained({ contents }: LeakReport): string {
  if (contents === null)
    return 'It contains no memory contents: no strings, no bytes, no environment and no command line.';
  return `It ${contentsMark}: bytes and text from ${plural(contents.length, 'block')} of the suspects, because they were asked for (--include-contents).`;
}

/** What was measured, what it cannot tell, what the words mean, and what is in this file. */
export function methodSection(report: LeakReport): SafeHtml {
  const methods = [...new Set(report.allocations.map((allocation) => allocation.method))].sort();
  return html`<p>leakviz read ${plural(report.dumps.length, 'dump')} of one process, set them side by side by address, and followed every region from dump to dump. It counted which pages are new, changed, or still zero, and looked for blocks of one size that only ever become more. ${methods.map((method) => ` ${methodMeanings[method]}`)}</p>
<h3>What it cannot tell</h3>
<ul>
<li>Whether the program still needs a block. Blocks that pile up in a cache or a queue look the same as blocks that were forgotten.</li>
<li>Which line of code asked for a block: dumps do not keep the stack of an allocation.</li>
<li>What a dump does not hold. Pages that were not captured are left out; they are not counted as zero.</li>
<li>What happened between two dumps, apart from what it left behind.</li>
</ul>
<h3>Words</h3>
<dl class="words">
<dt>Mapped</dt><dd>Addresses that the process may use, whether anything was ever written there or not.</dd>
<dt>Populated</dt><dd>Captured pages that hold more than zeros. A heap that reserves much and fills it slowly grows in populated bytes only.</dd>
<dt>Block to block</dt><dd>The distance between the starts of two neighbouring blocks, what the allocator adds included.</dd>
<dt>Asked for</dt><dd>What the program requested. Several request sizes end up in blocks of one size, so it is a range.</dd>
<dt>Growth of a region</dt><dd>The larger of its growth in mapped and in populated bytes. The total growth is the sum over growing regions.</dd>
<dt>Units</dt><dd>${unitsNote}</dd>
</dl>
<h3>What this file contains</h3>
<p>Names of the dump files, of the process and of its modules; addresses, sizes, counts and times; and pictures in which memory is coloured by kind: zero, pointer, small number, text, other. ${contained(report)} It loads nothing from anywhere.</p>`;
}
