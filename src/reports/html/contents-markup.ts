import type { LeakReport, ReportAllocation } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { hexDump } from '../hex-dump.ts';
import { contentsMark } from '../report-words.ts';
import { html, type SafeHtml } from './html-template.ts';

/** Above everything else, where the file holds bytes of the process. */
export function contentsWarning({ contents }: LeakReport): SafeHtml | null {
  if (contents === null) return null;
  return html`<p class="warn" role="note">${contentsMark}. Blocks of the suspects are quoted below, with whatever secrets they hold.</p>`;
}

/** The beginnings of some blocks of a suspect. */
export function suspectContents(report: LeakReport, suspect: ReportAllocation): SafeHtml | null {
  const excerpts = (report.contents ?? []).filter(({ allocation }) => allocation === suspect.id);
  if (excerpts.length === 0) return null;
  return html`<h4>Contents of some blocks</h4>
${excerpts.map(
  (excerpt) => html`<p class="small address">${escapeText(excerpt.address)}</p>
<pre tabindex="0" role="group" aria-label="Bytes at ${escapeText(excerpt.address)}"><code>${hexDump(excerpt).map((line) => html`${line}\n`)}</code></pre>
${excerpt.text.length > 0 && html`<ul class="small">${excerpt.text.map((text) => html`<li><code>${escapeText(text, longestSentence)}</code></li>`)}</ul>`}`,
)}`;
}
