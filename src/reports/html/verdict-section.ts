import type { LeakReport, NextStep } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { printBytesChange, printDuration, printRate, printShare } from '../../text/print-quantity.ts';
import type { EmbeddedPicture } from '../report-format.ts';
import {
  debuggerSteps,
  elapsedTimes,
  furtherReasons,
  generalSteps,
  knownWords,
  processName,
  suspectsOf,
} from '../report-view.ts';
import { blocksChange, captureTime, plural, statusMeanings, statusWords } from '../report-words.ts';
import { html, nameMarkup, type SafeHtml } from './html-template.ts';
import { pictureFigure } from './picture-section.ts';

/** The line above everything: which process, which dumps. */
export function titleBar(report: LeakReport): SafeHtml {
  const name = processName(report);
  const id = report.dumps.find((dump) => dump.processId !== null)?.processId ?? null;
  return html`<header class="bar"><span>${name !== null && html`<strong>${nameMarkup(name, 60)}</strong>`}${id !== null && ` process ${id}`}</span>
<span>${plural(report.dumps.length, 'dump')}${capturePeriod(report)}</span></header>`;
}

function capturePeriod(report: LeakReport): string {
  const times = [report.dumps.at(0), report.dumps.at(-1)].map((dump) =>
    dump === undefined ? null : captureTime(dump),
  );
  const [first, last] = times;
  if (first && last) return first === last ? `, ${first}` : `, ${first} to ${last}`;
  const elapsed = elapsedTimes(report);
  return elapsed === null ? '' : ` over ${printDuration(elapsed.at(-1)!)}`;
}

/** The verdict in one sentence, its numbers, the picture that shows it, and why. */
export function verdictSection(report: LeakReport, picture: EmbeddedPicture | undefined): SafeHtml {
  const { verdict } = report;
  const reasons = [knownWords(report) ?? [], furtherReasons(report)].flat();
  return html`<section class="verdict status-${verdict.status}" aria-labelledby="verdict">
<p class="badge" title="${statusMeanings[verdict.status]}">${statusWords[verdict.status]}</p>
<h1 id="verdict">${escapeText(verdict.summary, longestSentence)}</h1>
${keyNumbers(report)}
${reasons.length > 0 && html`<ul class="reasons">${reasons.map((reason) => html`<li>${escapeText(reason, longestSentence)}</li>`)}</ul>`}
${nextLine(report)}
${picture !== undefined && pictureFigure(picture)}
</section>`;
}

/** What to do, right below what was found: how to check it, else what to capture. */
function nextLine(report: LeakReport): SafeHtml | null {
  const [suspect] = suspectsOf(report);
  const [check] = suspect === undefined ? [] : debuggerSteps(report, suspect);
  const [capture] = generalSteps(report);
  if (check === undefined && capture === undefined) return null;
  const link = (target: string, { title }: NextStep) =>
    html`<a href="#${target}">${escapeText(title, longestSentence)}</a>`;
  const links = [check && link('suspect-1', check), capture && link('next', capture)].filter(
    (one) => one !== undefined,
  );
  return html`<p class="todo"><strong>Next:</strong> ${links.flatMap((one, index) => (index === 0 ? [one] : ['; then ', one]))}.</p>`;
}

function keyNumbers(report: LeakReport): SafeHtml {
  const { growth } = report;
  const suspect = suspectsOf(report)[0];
  const numbers: [string, string][] = [['Growth', printBytesChange(growth.totalBytes)]];
  if (growth.bytesPerHour !== null) numbers.push(['Rate', printRate(growth.bytesPerHour)]);
  if (suspect !== undefined) {
    numbers.push(['First suspect', blocksChange(suspect)]);
    numbers.push(['Explained by suspects', printShare(growth.explainedShare)]);
  }
  return html`<dl class="figures">${numbers.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The picture that shows the verdict: where memory filled up, or else the first suspect's blocks row by row. */
export function verdictPicture(report: LeakReport, pictures: readonly EmbeddedPicture[]): EmbeddedPicture | undefined {
  const wanted = ['growth-heatmap', ...suspectsOf(report).map((suspect) => `straightened-${suspect.id}`)];
  return wanted.map((id) => pictures.find((picture) => picture.id === id)).find((picture) => picture !== undefined);
}

/** The page's title, for tabs and bookmarks. */
export function pageTitle(report: LeakReport): string {
  const name = processName(report);
  return `${statusWords[report.verdict.status]}${name === null ? '' : `: ${escapeText(name, 60)}`} - leakviz report`;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** One or two words for the list of contents. */
  readonly shortTitle: string;
  readonly body: SafeHtml;
}

/** Links to the sections, for long reports and for the keyboard. */
export function contentsNav(sections: readonly Section[]): SafeHtml {
  return html`<nav class="contents" aria-label="Contents"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.shortTitle}</a></li>`)}</ul></nav>`;
}

export function sectionMarkup(section: Section): SafeHtml {
  return html`<section aria-labelledby="${section.id}"><h2 id="${section.id}">${section.title}</h2>
${section.body}
</section>`;
}
