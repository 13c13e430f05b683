// Parts of report.md that only some reports have: the gate, contents of blocks, what to do next.
import type { LeakReport, ReportAllocation } from '../model/leak-report.ts';
import { hexDump } from './hex-dump.ts';
import { markdownBlock, markdownName, markdownTable, markdownText } from './markdown-text.ts';
import { debuggerSteps, generalSteps } from './report-view.ts';
import { gateWords } from './report-words.ts';

const mostConditions = 12;
const mostSteps = 8;
const longestQuote = 600;

/** What failed the build, or did not. */
export function gateTable({ gate }: LeakReport): string {
  if (gate === null) return '';
  const rows = gate.conditions
    .slice(0, mostConditions)
    .map((one) => [markdownName(one.text), gateWords(one), markdownText(one.why, longestQuote)]);
  const table = markdownTable([{ title: 'Condition' }, { title: 'Result' }, { title: 'Why' }], rows);
  return `**The gate ${gate.failed ? 'failed' : 'passed'}.**\n\n${table}`;
}

/** One block of each suspect, where contents were asked for. */
export function contentsBlocks(report: LeakReport, suspects: readonly ReportAllocation[]): string {
  const shown = suspects

    .map(({ id }) => report.contents?.find(({ allocation }) => allocation === id))
    .filter((excerpt) => excerpt !== undefined);
  if (shown.length === 0) return '';
  const blocks = shown.map(
    (one) => `At ${markdownName(one.address, 20)}:\n\n${markdownBlock([...hexDump(one), ...one.text])}`,
  );
  return ['## Contents of blocks', ...blocks].join('\n\n');
}

/** The commands of the first debugger that opens the dumps; the others are in report.html. */
export function nextSteps(report: LeakReport, suspects: readonly ReportAllocation[]): string {
  const steps = [...suspects.flatMap((suspect) => debuggerSteps(report, suspect).slice(0, 1)), ...generalSteps(report)];
  if (steps.length === 0) return '';
  const parts = steps
    .slice(0, mostSteps)
    .map(({ title, commands }) => `${markdownText(title, longestQuote)}:\n\n${markdownBlock(commands)}`);
  return ['## Next steps', ...parts].join('\n\n');
}
