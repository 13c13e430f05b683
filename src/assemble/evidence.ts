// What speaks for and against a class being a leak of this size, in words and numbers.
import type { Candidate } from '../detect/candidates.ts';
import type { DiffResult } from '../diff-dumps.ts';
import type { Evidence } from '../model/leak-report.ts';
import { printBytes, printCount, printShare } from '../text/print-quantity.ts';

export function evidenceFor(candidate: Candidate, result: DiffResult): Evidence[] {
  const { test } = candidate;
  if (!test) return [];
  return [
    methodEvidence(candidate),
    crossCheckEvidence(candidate, result),
    stepsEvidence(candidate),
    survivalEvidence(candidate),
    betweenRunsEvidence(result),
    captureEvidence(result),
    shareEvidence(candidate, result),
  ].filter((one) => one !== null);
}

/** How sure size and count are: a walk is exact; a stride as good as its marking word. */
export function confidenceOf(candidate: Candidate, result: DiffResult): number {
  const { sizeClass, test } = candidate;
  // Walk and bytes disagree: one of them is wrong.
  if (result.crossChecks.get(candidate)?.agrees === false) return 0.4;
  const base = sizeClass.method === 'chunk-walk' ? 0.99 : 0.85 - Math.min(0.5, sizeClass.countError);
  if (!test?.standsClear) return round(base * 0.6);
  return round(base);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function methodEvidence({ sizeClass, allocatorName }: Candidate): Evidence {
  return sizeClass.method === 'chunk-walk'
    ? {
        kind: 'chunk-walk',
        for: true,
        text: `Every block was counted by walking the heap (${allocatorName}).`,
        values: {},
      }
    : {
        kind: 'stride',
        for: true,
        text: `The same word comes again every ${printCount(sizeClass.stride)} bytes in the memory that grew.`,
        values: { countError: sizeClass.countError },
      };
}

function crossCheckEvidence(candidate: Candidate, result: DiffResult): Evidence | null {
  const check = result.crossChecks.get(candidate);
  if (!check || check.agrees === null) return null;
  const seen = check.seenStrides.map((stride) => printCount(stride)).join(', ');
  const text = check.agrees
    ? 'The bytes agree with the walk: the same words come again at this stride.'
    : `The bytes do not agree with the walk: most of the growth repeats every ${seen} bytes instead.`;
  return { kind: 'walk-against-stride', for: check.agrees, text, values: {} };
}

function stepsEvidence({ test }: Candidate): Evidence {
  const deviations = Math.round(test!.totalDeviations * 10) / 10;
  const text = test!.growsInEveryStep
    ? `Grows in every step; ${printCount(Math.round(test!.totalDeviations))} times what its own coming and going explains.`
    : 'Does not grow in every step.';
  return { kind: 'growth-beyond-churn', for: test!.standsClear, text, values: { deviations } };
}

function survivalEvidence({ test }: Candidate): Evidence | null {
  const sampled = test!.survivals.reduce((sum, one) => sum + one.sampled, 0);
  if (sampled === 0) return null;
  const survived = test!.survivals.reduce((sum, one) => sum + one.survived, 0);
  const share = survived / sampled;
  return {
    kind: 'blocks-stay',
    for: share >= 0.5,
    text: `${printShare(share)} of its blocks are still there in the next dump (${printCount(sampled)} followed).`,
    values: { sampled, survived },
  };
}

/** What the other evidence could not say. */
function betweenRunsEvidence({ runs }: DiffResult): Evidence | null {
  const count = new Set(runs.runOf).size;
  if (count === 1) return null;
  const text = `Counted in ${count} runs of the program: the growth is between runs, and no block can be followed from one to the other.`;
  return { kind: 'between-runs', for: false, text, values: { runs: count } };
}

/** The growth is more than what was left out before, but how much more is not known. */
function captureEvidence({ captures }: DiffResult): Evidence | null {
  const revealedBytes = captures.revealedBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (revealedBytes === 0) return null;
  const text = `Up to ${printBytes(revealedBytes)} of the growth may be memory that an earlier dump left out.`;
  return { kind: 'captured-differently', for: false, text, values: { revealedBytes } };
}

function shareEvidence(candidate: Candidate, result: DiffResult): Evidence {
  const { totalGrowth } = result.totals;
  return {
    kind: 'share-of-growth',
    for: candidate.share >= 0.1,
    text: `Stride × new blocks = ${printBytes(candidate.growthBytes)}, ${printShare(candidate.share)} of the ${printBytes(totalGrowth)} that memory grew by.`,
    values: { growthBytes: candidate.growthBytes, totalGrowth },
  };
}
