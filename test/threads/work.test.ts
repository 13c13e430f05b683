import { expect, test } from 'vitest';
import type { PartReport } from '../../src/threads/helper.ts';
import { shareWork } from '../../src/threads/share-work.ts';
import type { Team } from '../../src/threads/team.ts';
import { claimParts, type Part, type Work } from '../../src/threads/work.ts';

const squares: Work<number> = function* parts() {
  for (let number = 0; number < 40; number++) {
    yield function* square() {
      yield number;
      return number * number;
    };
  }
};
const expected = Array.from({ length: 40 }, (_, number) => number * number);

function run<Result>(part: Part<Result>): Result {
  const steps = part();
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

test('each part is claimed once, however many claim', () => {
  const taken = new Int32Array(1);
  const claims = Array.from({ length: 3 }, () => claimParts(squares, taken));
  const seen: { number: number; square: number }[] = [];
  for (let open = claims; open.length > 0; ) {
    open = open.filter((claim) => {
      const { value, done } = claim.next();
      if (!done) seen.push({ number: value.number, square: run(value.part) });
      return !done;
    });
  }
  expect(seen.sort((a, b) => a.number - b.number)).toEqual(expected.map((square, number) => ({ number, square })));
});

/** Takes every second part, in turn with whoever else takes them, and tells of them in any order; loses some. */
function unreliableTeam(lost: readonly number[]): Team {
  return {
    async help(order, taken, onPart) {
      const reports: PartReport[] = [];
      for (const { number, part } of claimParts(order.task as Work<number>, taken)) {
        if (!lost.includes(number)) reports.push({ number, bytes: number, result: run(part) });
        await Promise.resolve();
      }
      for (const report of reports.reverse()) onPart(report);
    },
    end: async () => undefined,
  };
}

test.each([{ lost: [] }, { lost: [1, 2, 3, 38] }])(
  'results come in the order of their parts, with those that other threads lose: $lost',
  async ({ lost }) => {
    const results: number[] = [];
    let read = 0;
    const byOthers: number[] = [];
    const team = unreliableTeam(lost);
    await shareWork({
      work: squares,
      team: {
        ...team,
        help: (order, taken, onPart) =>
          team.help(order, taken, (report) => {
            byOthers.push(report.number);
            onPart(report);
          }),
      },
      order: () => ({ work: 'squares', task: squares }),
      onResult: (result) => results.push(result),
      pace: async (bytes) => {
        read += bytes;
      },
    });
    expect(results).toEqual(expected);
    expect(byOthers.length).toBeGreaterThan(5);
    // Each part was done once, and what reading it took was told.
    expect(read).toBe((39 * 40) / 2);
  },
);
