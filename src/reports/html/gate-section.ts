import type { GateCondition, LeakReport } from '../../model/leak-report.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { gateWords } from '../report-words.ts';
import { tableMarkup } from './html-table.ts';
import { html, nameMarkup, type SafeHtml } from './html-template.ts';

/** What `--fail-on` asked, and what came of it; nothing where there was no gate. */
export function gateSection({ gate }: LeakReport): SafeHtml | null {
  if (gate === null) return null;
  const known = gate.known.length > 0 && ' Growth that the baseline accepts is marked as known and not counted.';
  return html`<section aria-labelledby="gate"><h2 id="gate">The gate ${gate.failed ? 'failed' : 'passed'}</h2>
${tableMarkup<GateCondition>({
  caption: html`Any condition that holds, or cannot be judged, fails the build.${known}`,
  rows: gate.conditions,
  columns: [
    { title: 'Condition', cell: (one) => ({ content: html`<code>${nameMarkup(one.text)}</code>` }) },
    { title: 'Result', cell: (one) => ({ content: gateWords(one) }) },
    { title: 'Why', cell: (one) => ({ content: escapeText(one.why, longestSentence) }) },
  ],
})}
</section>`;
}
