// The verdict in one sentence, for the top of a ticket.
import type { DiffResult } from '../diff-dumps.ts';
import type { ReportAllocation, ReportDump, ReportGrowth } from '../model/leak-report.ts';
import { printBytes, printCount, printExactBytes, printRate, printShare } from '../text/print-quantity.ts';

interface Parts {
  readonly dumps: readonly ReportDump[];
  readonly growth: ReportGrowth;
  readonly allocations: readonly ReportAllocation[];
}

export function summarize(result: DiffResult, parts: Parts, suspects: readonly string[]): string {
  const first = parts.allocations.find((one) => one.id === suspects[0]);
  const grown = printBytes(parts.growth.totalBytes);
  switch (result.decision.status) {
    case 'leak':
      return `${describe(first!, suspects.length)}, ${printShare(parts.growth.explainedShare)} of the growth${rate(first!)}.`;
    case 'growth':
      if (first && new Set(result.runs.runOf).size > 1)
        return `From run to run memory is larger by ${grown}; ${lowerFirst(describe(first, suspects.length, 'are more'))}.`;
      return first
        ? `Memory grew by ${grown}; likely ${lowerFirst(describe(first, suspects.length))}.`
        : `Memory grew by ${grown}. ${result.decision.reasons[0]!.text}`;
    case 'inconclusive':
      return `Cannot be told from these dumps. ${result.decision.reasons[0]?.text ?? ''}${first ? ` Likely: ${lowerFirst(describe(first, suspects.length))}.` : ''}`.trim();
    case 'none':
      return `No leak seen. ${result.decision.reasons[0]?.text ?? ''}`.trim();
  }
}

function describe(suspect: ReportAllocation, count: number, verb = 'pile up'): string {
  const { requestBytes } = suspect;
  const request = requestBytes
    ? requestBytes.min === requestBytes.max
      ? ` (requests of ${printCount(requestBytes.min)})`
      : ` (requests of ${printCount(requestBytes.min)} to ${printCount(requestBytes.max)})`
    : '';
  const others = count > 1 ? ` and ${count - 1} more ${count === 2 ? 'class' : 'classes'}` : '';
  const counts = ends(suspect.counts.map((one) => (one === null ? '–' : printCount(one)))).join(' → ');
  return `Blocks of ${printExactBytes(suspect.strideBytes)}${request}${others} ${verb}: ${counts}, +${printBytes(suspect.growthBytes)}`;
}

/** A sentence has room for a few numbers; the tables have all. */
function ends(texts: readonly string[]): readonly string[] {
  return texts.length <= mostCounts ? texts : [...texts.slice(0, 2), '…', ...texts.slice(-2)];
}

const mostCounts = 6;

function rate(suspect: ReportAllocation): string {
  return suspect.bytesPerHour === null ? '' : `, ${printRate(suspect.bytesPerHour)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
