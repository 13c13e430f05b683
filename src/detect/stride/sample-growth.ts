// Takes windows of words from all over the memory that grew: the material in which strides are looked for.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { largestWindow, newSample, type Sample } from './sample.ts';

/** How much is looked at: bounds the work whatever the size. */
export interface SamplePlan {
  /** Short windows, spread over the whole growth, tell strides up to some ten KB from many places. */
  readonly count: number;
  readonly bytes: number;
  /** Long ones catch larger blocks. */
  readonly longCount: number;
}

const fullPlan: SamplePlan = { count: 64, bytes: 128 << 10, longCount: 2 };

/** @param runs where memory grew, sorted; stretches of them become windows, evenly spread */
export function sampleGrowth(memory: Memory, runs: List<Interval>, plan: SamplePlan = fullPlan): Sample {
  const joined = joinNear(runs);
  const total = bytesIn(joined);
  if (total <= plan.count * plan.bytes) return readPieces(memory, joined);
  const short = spread(joined, total, plan.count, plan.bytes);
  const long = spread(joined, total, plan.longCount, largestWindow);
  return readPieces(memory, [...short, ...long]);
}

function bytesIn(runs: List<Interval>): number {
  return runs.reduce((sum, run) => sum + run.end - run.start, 0);
}

/** Zero pages inside a block split the runs of populated pages; what lies close together is looked at as one. */
function joinNear(runs: List<Interval>): List<Interval> {
  const farthest = 2 << 20;
  const joined: { start: Address; end: Address }[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && run.start - last.end <= farthest) last.end = run.end;
    else joined.push({ ...run });
  }
  return joined;
}

function spread(runs: List<Interval>, total: number, count: number, bytes: number): List<Interval> {
  const windows: Interval[] = [];
  let passed = 0;
  let next = 0;
  for (const run of runs) {
    const size = run.end - run.start;
    while (next < count && (next * total) / count < passed + size) {
      const wanted = run.start + Math.floor(((next * total) / count - passed) / 4096) * 4096;
      const start = Math.max(run.start, Math.min(wanted, run.end - bytes), windows.at(-1)?.end ?? run.start);
      const end = Math.min(run.end, start + bytes);
      if (start < end) windows.push({ start, end });
      next++;
    }
    passed += size;
  }
  return windows;
}

function readPieces(memory: Memory, runs: List<Interval>): Sample {
  const sample = newSample(memory, bytesIn(runs));
  for (const run of runs) {
    for (let at = run.start; at < run.end; ) {
      const size = Math.min(largestWindow, run.end - at);
      const got = sample.add(at, size);
      // A gap in what is captured: the next page may be there again.
      at += got < size ? (Math.floor(got / 4096) + 1) * 4096 : size;
    }
  }
  return sample.finish();
}
