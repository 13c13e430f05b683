// The verdict in one sentence, for the top of a ticket.
import type { Decided } from '../diff-dumps.ts';
import type { ReportGrowth } from '../model/leak-report.ts';
import { printBytes, printCount, printExactBytes, printRate, printShare } from '../text/print-quantity.ts';
import type { ClassNumbers } from './class-numbers.ts';

/** @param rows of the suspects, in the decision's order */
export function summarize(result: Decided, growth: ReportGrowth, rows: readonly ClassNumbers[]): string {
  const [first] = rows;
  const { explainedShare, totalBytes } = growth;
  const grown = printBytes(totalBytes);
  switch (result.decision.status) {
    case 'leak': {
      const own = `${describe(first!)}, ${printShare(first!.shareOfGrowth)} of the growth${rate(first!)}`;
      return `${own}${others(rows, `, ${printShare(explainedShare)}`)}.`;
    }
    case 'growth':
      if (first && new Set(result.runs.runOf).size > 1)
        return `From run to run memory is larger by ${grown}; ${lowerFirst(describe(first, 'are more'))}${others(rows)}.`;
      return first
        ? `Memory grew by ${grown}; likely ${lowerFirst(describe(first))}${others(rows)}.`
        : `Memory grew by ${grown}. ${result.decision.reasons[0]!.text}`;
    case 'inconclusive':
      return `Cannot be told from these dumps. ${result.decision.reasons[0]?.text ?? ''}${first ? ` Likely: ${lowerFirst(describe(first))}${others(rows)}.` : ''}`.trim();
    case 'none':
      return `No leak seen. ${result.decision.reasons[0]?.text ?? ''}`.trim();
  }
}

/** One class, with numbers of its own only. */
function describe(suspect: ClassNumbers, verb = 'pile up'): string {
  const { requestBytes } = suspect;
  const request = requestBytes
    ? requestBytes.min === requestBytes.max
      ? ` (requests of ${printCount(requestBytes.min)})`
      : ` (requests of ${printCount(requestBytes.min)} to ${printCount(requestBytes.max)})`
    : '';
  const counts = ends(suspect.counts.map((one) => (one === null ? '–' : printCount(one)))).join(' → ');
  return `Blocks of ${printExactBytes(suspect.strideBytes)}${request} ${verb}: ${counts}, +${printBytes(suspect.growthBytes)}`;
}

/** What all suspects grew by, the first among them; nothing where there is one. `share` is theirs as well. */
function others(rows: readonly ClassNumbers[], share = ''): string {
  const count = rows.length - 1;
  if (count < 1) return '';
  const growth = rows.reduce((sum, { growthBytes }) => sum + growthBytes, 0);
  return `; with ${count} more ${count === 1 ? 'class' : 'classes'} +${printBytes(growth)}${share}`;
}

/** A sentence has room for a few numbers; the tables have all. */
function ends(texts: readonly string[]): readonly string[] {
  return texts.length <= mostCounts ? texts : [...texts.slice(0, 2), '…', ...texts.slice(-2)];
}

const mostCounts = 6;

function rate(suspect: ClassNumbers): string {
  return suspect.bytesPerHour === null ? '' : `, ${printRate(suspect.bytesPerHour)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
