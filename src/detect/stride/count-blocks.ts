// Counts the blocks of each stride in every dump by their signatures.
import type { Kernels } from '../../kernels/kernels.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { shareWork } from '../../threads/share-work.ts';
import type { Team } from '../../threads/team.ts';
import type { AddressSketch } from '../address-sketch.ts';
import { newTallySum } from './block-tally.ts';
import { type CountTask, countingOrder, countingWork } from './counting-work.ts';

export interface BlockCount {
  /** Per dump. */
  readonly counts: Float64Array;
  /** Addresses of the token. */
  readonly sketches: readonly AddressSketch[];
}

export interface CountInput extends CountTask {
  readonly memories: readonly Memory[];
  readonly pacer: Pacer;
  /** Threads that help; the result is the same without. */
  readonly team?: Team | undefined;
  /** That have done their work: their memory may be used again. */
  readonly kernels?: Kernels | undefined;
}

/** Results stand in the order of the signatures. */
export async function countBlocks(input: CountInput): Promise<BlockCount[]> {
  const { signatures, memories, pacer, team, kernels } = input;
  const totals = signatures[0]!.map(({ period }) => memories.map(() => newTallySum(period)));
  await shareWork({
    work: countingWork(input, memories, kernels),
    team,
    order: () => countingOrder(input),
    onResult: (tallies) => {
      for (const [index, own] of totals.entries()) {
        for (let dump = 0; dump < own.length; dump++) own[dump]!.join(tallies[index]![dump]!);
      }
    },
    pace: (bytes) => pacer.pace(bytes),
  });
  return signatures[0]!.map(({ period }, index) => ({
    counts: Float64Array.from(totals[index]!, ({ count }) => Math.round(count / period.perBlock)),
    sketches: totals[index]!.map(({ sketch }) => sketch),
  }));
}
