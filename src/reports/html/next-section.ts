import type { LeakReport, NextStep, ReportAllocation } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { debuggerSteps, generalSteps } from '../report-view.ts';
import { html, type SafeHtml } from './html-template.ts';

/** How to see the blocks of a suspect for oneself: the first debugger open, others folded. */
export function suspectSteps(report: LeakReport, suspect: ReportAllocation): SafeHtml | null {
  const [first, ...others] = debuggerSteps(report, suspect);
  if (first === undefined) return null;
  return html`<h4>See for yourself</h4>
<p class="small">${title(first)}</p>
${commandsBlock(first)}
${others.map((step) => html`<details><summary class="small">${title(step)}</summary>${commandsBlock(step)}</details>`)}`;
}

/** What to capture or to record next. */
export function nextSection(report: LeakReport): SafeHtml {
  return html`${generalSteps(report).map((step) => html`<p>${title(step)}.</p>${commandsBlock(step)}`)}`;
}

function title(step: NextStep): string {
  return escapeText(step.title, longestSentence);
}

function commandsBlock({ title, commands }: NextStep): SafeHtml {
  const lines = commands.map((command) => html`${escapeText(command, longestSentence)}\n`);
  return html`<pre tabindex="0" role="group" aria-label="${escapeText(title)}"><code>${lines}</code></pre>`;
}
