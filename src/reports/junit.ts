import type { GateCondition, LeakReport } from '../model/leak-report.ts';
import { escapeText, longestSentence } from '../text/escape-text.ts';
import { capReport } from './cap-report.ts';
import type { ReportFormat } from './report-format.ts';
import { processName, suspectsOf } from './report-view.ts';
import { allocationTitle, contentsMark, growthWords, requestWords, statusWords } from './report-words.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const mostSuspects = 10;

/** Text for elements and attributes. XML knows no escape for what is no character at all. */
function xml(text: string): string {
  const visible = escapeText(text, longestSentence).replace(/[\ufffe\uffff]/g, '\ufffd');
  return visible.replace(/[&<>"']/g, (character) => entities[character]!);
}

/**
 * junit.xml: the gate as test cases, one per condition, which CI systems show beside their tests. A condition that holds
 * is a failure; one that cannot be judged is an error. Without a gate there is one case, and it is skipped.
 */
export const junit = {
  id: 'junit',
  fileName: 'junit.xml',
  write(report) {
    const capped = capReport(report);
    const conditions = capped.gate?.conditions ?? [];
    const count = (holds: boolean | null) => conditions.filter((one) => one.holds === holds).length;
    const cases = conditions.length > 0 ? conditions.map(testCase) : [skippedCase];
    const skipped = conditions.length > 0 ? 0 : 1;
    const name = processName(capped);
    const counts = `tests="${cases.length}" failures="${count(true)}" errors="${count(null)}" skipped="${skipped}"`;
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites name="leakviz" ${counts}>`,
      `  <testsuite name="${xml(name === null ? 'leakviz' : `leakviz: ${name}`)}" ${counts}>`,
      ...cases,
      `    <system-out>${xml(summary(capped))}</system-out>`,
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n');
  },
} as const satisfies ReportFormat;

const skippedCase =
  '    <testcase classname="leakviz" name="gate"><skipped message="No gate was given: see --fail-on"/></testcase>';

function testCase({ text, holds, why }: GateCondition): string {
  const head = `    <testcase classname="leakviz" name="${xml(`not ${text}`)}"`;
  if (holds === false) return `${head}/>`;
  const [element, type] = holds === null ? ['error', 'cannot-be-judged'] : ['failure', 'holds'];
  return `${head}><${element} type="${type}" message="${xml(why)}"/></testcase>`;
}

function summary(report: LeakReport): string {
  const suspects = suspectsOf(report)
    .slice(0, mostSuspects)
    .map((one) => `${allocationTitle(one)}, asked for: ${requestWords(one)}, ${growthWords(one)}.`);
  const mark = report.contents === null ? [] : [`${contentsMark}.`];
  return [...mark, `${statusWords[report.verdict.status]}: ${report.verdict.summary}`, ...suspects].join(' ');
}
