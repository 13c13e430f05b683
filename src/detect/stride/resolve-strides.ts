// Many tokens tell of one stride, multiples of a stride look like strides, and so do arrays inside a block: leaves one
// period per kind of block.
import type { Period } from './find-strides.ts';
import type { WordWindow } from './sample-growth.ts';
import { type Signature, signatureOf } from './signature.ts';

/** Kinds of blocks followed at most. */
const mostClasses = 12;
/** Share of the larger period's gaps that must show the same number of smaller ones. */
const agreement = 0.5;
/** Runs of pages cut into blocks may alternate with those of other sizes; this much of the period is blocks at least. */
const slabFill = 0.25;
const pageBytes = 4096;

/**
 * @param periods the ones with most repeats first
 * @param windows where they were found
 */
export function resolveStrides(
  periods: readonly Period[],
  windows: readonly WordWindow[],
  wordBytes: 4 | 8,
): Signature[] {
  const best = bestByStride(periods, windows, wordBytes).slice(0, mostClasses * 4);
  const dropped = new Set<Signature>();
  for (const large of best) {
    for (const small of best) {
      if (small.period.stride >= large.period.stride || dropped.has(small) || dropped.has(large)) continue;
      const loser = loserOf(small.period, large.period, windows);
      if (loser) dropped.add(loser === small.period ? small : large);
    }
  }
  return best.filter((signature) => !dropped.has(signature)).slice(0, mostClasses);
}

/** Tokens of one stride held against each other. */
const mostRivals = 8;

/** Per stride the token that stands in these blocks and nowhere else, for it counts them best. */
function bestByStride(periods: readonly Period[], windows: readonly WordWindow[], wordBytes: 4 | 8): Signature[] {
  const rivals = new Map<number, Period[]>();
  for (const period of periods) {
    const known = rivals.get(period.stride);
    if (!known) rivals.set(period.stride, [period]);
    else if (known.length < mostRivals && period.repeats * 2 >= known[0]!.repeats) known.push(period);
  }
  return [...rivals.values()].map((list) => {
    const signatures = list.map((period) => signatureOf(period, windows, wordBytes));
    return signatures.reduce((best, one) => (quality(one) > quality(best) ? one : best));
  });
}

/** Each word that always stands beside the token makes it less likely that it stands for something else. */
function quality({ period, companions }: Signature): number {
  return (period.purity * period.share * (companions.length + 1) * Math.sqrt(period.repeats)) / period.perBlock;
}

/**
 * Looks at what stands between two neighbours of the larger period. As many of the smaller one as fill it: the larger
 * is a harmonic (only every so many blocks hold its token). Always the same number, but with room left: the smaller is
 * a structure inside the larger's block; unless the larger lies on page borders and the smaller fills much of it, for
 * that is how allocators cut pages into blocks. Otherwise they are blocks of their own.
 */
function loserOf(small: Period, large: Period, windows: readonly WordWindow[]): Period | undefined {
  const histogram = new Map<number, number>();
  let gaps = 0;
  for (const [window, list] of large.places.entries()) {
    const inner = small.places[window] ?? [];
    for (let index = 1; list && index < list.length; index++) {
      if (list[index]! - list[index - 1]! !== large.stride) continue;
      const count = lowerBound(inner, list[index]!) - lowerBound(inner, list[index - 1]!);
      histogram.set(count, (histogram.get(count) ?? 0) + 1);
      gaps++;
    }
  }
  for (const [count, seen] of histogram) {
    if (count < 2 || seen < agreement * gaps) continue;
    const filled = (count / small.perBlock) * small.stride;
    return filled === large.stride || (filled >= slabFill * large.stride && isOnPages(large, windows)) ? large : small;
  }
  return undefined;
}

/** Whether the period is one of whole pages, always at the same place in the page. */
function isOnPages(period: Period, windows: readonly WordWindow[]): boolean {
  if (period.stride % pageBytes !== 0) return false;
  const places = period.places.flatMap((list, window) => (list ?? []).map((offset) => windows[window]!.start + offset));
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place % pageBytes, (counts.get(place % pageBytes) ?? 0) + 1);
  return Math.max(0, ...counts.values()) >= 0.9 * places.length;
}

/** Index of the first item at or above the value. */
function lowerBound(items: readonly number[], value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
