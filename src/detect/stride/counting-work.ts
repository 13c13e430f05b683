// Counting the blocks of strides as work for threads.
import type { Kernels } from '../../kernels/kernels.ts';
import { joinCapturedRanges } from '../../memory/captured-runs.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { PageMap } from '../../model/page-map.ts';
import type { Order } from '../../threads/helper.ts';
import type { Work } from '../../threads/work.ts';
import { type PlannedWindow, planCounting, windowBytes } from './count-plan.ts';
import { knownPages } from './known-pages.ts';
import type { Signature } from './signature.ts';
import { newWindowCounter, type Tallies } from './window-counter.ts';

export interface CountTask {
  /** Per dump, the same ones in the same order, with the words as that dump has them. */
  readonly signatures: readonly (readonly Signature[])[];
  /** Where blocks may stand, per dump; sorted. */
  readonly ranges: readonly List<Interval>[];
  /** Filled by the scan; undefined where nothing is known of pages, or dumps differ in their signatures. */
  readonly pageMap: PageMap | undefined;
}

/** Windows counted as one part: large enough that handing them out costs nothing. */
const windowsPerPart = 4;

/**
 * Reads what is not known of the ranges of every dump once.
 * @param done kernels whose memory may be used again
 */
export function countingWork(
  { signatures, ranges, pageMap }: CountTask,
  memories: readonly Memory[],
  done?: Kernels,
): Work<Tallies> {
  const counter = newWindowCounter(signatures, memories, done);
  const captured = memories.map(({ dump }) => joinCapturedRanges(dump.captured));
  return function* parts() {
    let windows: PlannedWindow[] = [];
    for (const window of planCounting(ranges, pageMap && { pages: knownPages(pageMap, windowBytes), captured })) {
      windows.push(window);
      if (windows.length < windowsPerPart) continue;
      const own = windows;
      yield () => count(own);
      windows = [];
    }
    if (windows.length > 0) yield () => count(windows);
  };

  function* count(windows: readonly PlannedWindow[]): Generator<number, Tallies, void> {
    for (const window of windows) yield counter.add(window);
    return counter.finishPart();
  }
}

/** The same work for another thread. */
export function countingOrder({ signatures, ranges, pageMap }: CountTask): Order {
  const noPlaces = { place: 0, count: 0, offsets: new Uint32Array() };
  const task: CountTask = {
    // Where tokens stand in the sample says nothing of where they stand elsewhere.
    signatures: signatures.map((own) =>
      own.map(({ period, companions }) => ({ period: { ...period, places: noPlaces }, companions })),
    ),
    // Tables cannot be sent.
    ranges: ranges.map((own) => [...own]),
    pageMap,
  };
  return { work: 'count', task };
}
