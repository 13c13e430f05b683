import { expect, test } from 'vitest';
import { summarize } from '../../src/assemble/summarize.ts';
import type { Decided } from '../../src/diff-dumps.ts';
import type { VerdictStatus } from '../../src/model/leak-report.ts';
import { reportAllocation, sampleReport } from '../synth/leak-report.ts';

const mb = 1 << 20;
const sizes = { a1: 6, a2: 2, a3: 1 };
const allocations = Object.entries(sizes).map(([id, growth], index) =>
  reportAllocation({
    id,
    strideBytes: 64 << index,
    requestBytes: null,
    counts: [10, 20, 30],
    growthBytes: growth * mb,
    shareOfGrowth: growth / 20,
    bytesPerHour: growth * mb,
  }),
);
const { growth } = sampleReport('leak');

function summaryOf(status: VerdictStatus, suspects: (keyof typeof sizes)[], runOf = [0, 0, 0]): string {
  const explainedBytes = suspects.reduce((sum, id) => sum + sizes[id] * mb, 0);
  const grown = { ...growth, totalBytes: 20 * mb, explainedBytes, explainedShare: explainedBytes / (20 * mb) };
  const rows = suspects.map((id) => allocations.find((one) => one.id === id)!);
  const result = { decision: { status, reasons: [{ code: 'too-few-dumps', text: 'Two dumps.' }] }, runs: { runOf } };
  return summarize(result as unknown as Decided, grown, rows);
}

const first = '10 → 20 → 30, +6 MB';

test.each([
  ['leak', ['a1'], `Blocks of 64 bytes pile up: ${first}, 30% of the growth, 6 MB/h.`],
  [
    'leak',
    ['a1', 'a3'],
    `Blocks of 64 bytes pile up: ${first}, 30% of the growth, 6 MB/h; with 1 more class +7 MB, 35%.`,
  ],
  [
    'leak',
    ['a1', 'a2', 'a3'],
    `Blocks of 64 bytes pile up: ${first}, 30% of the growth, 6 MB/h; with 2 more classes +9 MB, 45%.`,
  ],
  [
    'growth',
    ['a1', 'a2'],
    `Memory grew by 20 MB; likely blocks of 64 bytes pile up: ${first}; with 1 more class +8 MB.`,
  ],
  [
    'inconclusive',
    ['a1', 'a2', 'a3'],
    `Cannot be told from these dumps. Two dumps. Likely: blocks of 64 bytes pile up: ${first}; with 2 more classes +9 MB.`,
  ],
] as const)('%s by %j: the numbers of the first and of all are told apart', (status, suspects, text) => {
  expect(summaryOf(status, [...suspects])).toBe(text);
});

test('so are they from run to run', () => {
  expect(summaryOf('growth', ['a1', 'a2'], [0, 1, 2])).toBe(
    `From run to run memory is larger by 20 MB; blocks of 64 bytes are more: ${first}; with 1 more class +8 MB.`,
  );
});
