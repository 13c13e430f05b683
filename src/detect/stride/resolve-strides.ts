// Many tokens tell of one stride, multiples of a stride look like strides, and so do arrays inside a block: leaves one
// period per kind of block.
import type { Memory } from '../../memory/memory.ts';
import { type Period, purityOfWeak } from './find-strides.ts';
import type { WordWindow } from './sample-growth.ts';
import { type Signature, signatureOf } from './signature.ts';
import { splitByTypes } from './type-words.ts';

/** Kinds of blocks followed at most. */
const mostClasses = 12;
/** Share of the larger period's gaps that must show the same number of smaller ones. */
const agreement = 0.5;
/** Runs of pages cut into blocks may alternate with those of other sizes; this much of the period is blocks at least. */
const slabFill = 0.25;
const pageBytes = 4096;

/**
 * @param periods the ones with most repeats first
 * @param windows where they were found, in this memory
 */
export function resolveStrides(
  periods: readonly Period[],
  windows: readonly WordWindow[],
  memory: Memory,
): Signature[] {
  const best = bestByStride(periods, windows, memory).slice(0, mostClasses * 4);
  const dropped = new Set<Signature>();
  for (const large of best) {
    for (const small of best) {
      if (small.period.stride >= large.period.stride || dropped.has(small) || dropped.has(large)) continue;
      const loser = loserOf(small.period, large.period, windows);
      if (loser) dropped.add(loser === small.period ? small : large);
    }
  }
  const left = best.filter((signature) => !dropped.has(signature));
  return left.filter(({ period }) => !isSlab(period, left, windows)).slice(0, mostClasses);
}

/** Tokens of one stride held against each other, and kinds of blocks told apart among them. */
const mostRivals = 24;
const mostKinds = 4;

/**
 * Per stride, and per kind of block of that stride, the token that stands in these blocks and nowhere else, for it
 * counts them best. Tokens that always stand at the same distance from each other belong to one kind of block.
 */
function bestByStride(periods: readonly Period[], windows: readonly WordWindow[], memory: Memory): Signature[] {
  const { pointerSize } = memory.dump;
  const rivals = new Map<number, Period[]>();
  for (const period of periods) {
    const known = rivals.get(period.stride);
    if (!known) rivals.set(period.stride, [period]);
    else if (known.length < mostRivals) known.push(period);
  }
  return [...rivals.values()].flatMap((list) =>
    groupByBlock(list).flatMap(({ periods: group, distances }) => {
      const objects = splitByTypes(group, distances, memory);
      if (objects) return objects.map((period) => signatureOf(period, windows, pointerSize));
      return kindsOf({
        signatures: group.map((period) => signatureOf(period, windows, pointerSize)),
        distances,
      });
    }),
  );
}

/** Tokens that stand in the same blocks, and how many bytes behind the first one each stands. */
interface BlockGroup {
  readonly periods: Period[];
  readonly distances: number[];
}

/** Those that stand once in a block lead; a word such as 1, which stands beside everything, leads only if none does. */
function groupByBlock(list: readonly Period[]): BlockGroup[] {
  const groups: BlockGroup[] = [];
  for (const period of [...list].sort((a, b) => a.perBlock - b.perBlock || rank(a) - rank(b))) {
    let distance: number | undefined;
    const own = groups.find((group) => {
      distance = distanceBehind(period, group.periods[0]!);
      return distance !== undefined;
    });
    if (own) {
      own.periods.push(period);
      own.distances.push(distance!);
    } else if (groups.length === 0 || (period.perBlock === 1 && groups.length < mostKinds))
      groups.push({ periods: [period], distances: [0] });
  }
  return groups;
}

/** Values before shapes. */
function rank(period: Period): number {
  return period.kind === 'value' ? 0 : 1;
}

/** Tokens of one kind of block may be missing in a few; those of another kind stand beside hardly any. */
const otherKindShare = 0.1;

/**
 * Per kind of block the token that counts it best. A word that all kinds share, such as their size, brings them into
 * one group: what the best token leaves out is then another kind.
 */
function kindsOf(group: {
  readonly signatures: readonly Signature[];
  readonly distances: readonly number[];
}): Signature[] {
  const kinds: Signature[] = [];
  let open = group.signatures.map((signature, index) => ({ signature, distance: group.distances[index]! }));
  while (open.length > 0 && kinds.length < mostKinds) {
    const best = open.reduce((a, b) => (quality(b.signature) > quality(a.signature) ? b : a));
    kinds.push(best.signature);
    open = open.filter((one) => {
      const apart = best.distance - one.distance;
      return one !== best && besideShare(one.signature.period, best.signature.period, apart) < otherKindShare;
    });
  }
  return kinds;
}

/** Share of the period's places that have one of the other's at the distance. */
function besideShare(period: Period, other: Period, distance: number): number {
  let beside = 0;
  let all = 0;
  for (const [window, list] of period.places.entries()) {
    const others = new Set(other.places[window]);
    for (const place of list ?? []) if (others.has(place + distance)) beside++;
    all += list?.length ?? 0;
  }
  return all === 0 ? 0 : beside / all;
}

/** The one distance, below a stride, at which most of the token's places lie behind the other's; or undefined. */
function distanceBehind(period: Period, leader: Period): number | undefined {
  const distances = new Map<number, number>();
  let all = 0;
  for (const [window, list] of period.places.entries()) {
    const others = leader.places[window] ?? [];
    for (const place of list ?? []) {
      all++;
      const before = others[lowerBound(others, place + 1) - 1];
      if (before === undefined || place - before >= period.stride) continue;
      distances.set(place - before, (distances.get(place - before) ?? 0) + 1);
    }
  }
  for (const [distance, seen] of distances) if (seen >= agreement * all) return distance;
  return undefined;
}

/** Each word that always stands beside the token makes it less likely that it stands for something else. */
function quality({ period, companions }: Signature): number {
  // A value says more than a shape, which other blocks may have as well.
  const weight = period.kind === 'value' ? 4 : 1;
  return (
    (weight * period.purity * period.share * (4 + companions.length) * Math.sqrt(period.repeats)) / period.perBlock
  );
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
  let between = 0;
  const all = small.places.reduce((sum, list) => sum + (list?.length ?? 0), 0);
  for (const [window, list] of large.places.entries()) {
    const inner = small.places[window] ?? [];
    for (let index = 1; list && index < list.length; index++) {
      if (list[index]! - list[index - 1]! !== large.stride) continue;
      const count = lowerBound(inner, list[index]!) - lowerBound(inner, list[index - 1]!);
      histogram.set(count, (histogram.get(count) ?? 0) + 1);
      between += count;
      gaps++;
    }
  }
  // A word that mostly does not keep its distance is a value that some blocks hold, where clear blocks lie between.
  const filledBytes = (between / small.perBlock) * small.stride;
  if (!isClear(large) && isClear(small) && filledBytes >= slabFill * gaps * large.stride) return large;
  // The smaller one is at home elsewhere: a few of its blocks inside the larger say nothing.
  if (between < agreement * all) return undefined;
  for (const [count, seen] of histogram) {
    if (count < 2 || seen < agreement * gaps) continue;
    const filled = (count / small.perBlock) * small.stride;
    return filled === large.stride || (filled >= slabFill * large.stride && isOnPages(large, windows)) ? large : small;
  }
  return undefined;
}

function isClear({ purity }: Period): boolean {
  return purity >= purityOfWeak;
}

/** Runs of pages that blocks of several kinds were cut from: no kind fills each of them, but all together fill many. */
function isSlab(large: Period, signatures: readonly Signature[], windows: readonly WordWindow[]): boolean {
  if (!isOnPages(large, windows)) return false;
  const smaller = signatures.filter(({ period }) => period.blockBytes < large.stride && !isOnPages(period, windows));
  const filled = smaller.reduce((sum, { period }) => sum + bytesInside(period, large), 0);
  const gaps = large.places.reduce((sum, list) => sum + gapsOf(list ?? [], large.stride).length, 0);
  return filled >= slabFill * gaps * large.stride;
}

/** Bytes of the smaller period's blocks that stand between neighbours of the larger. */
function bytesInside(small: Period, large: Period): number {
  let inside = 0;
  for (const [window, list] of large.places.entries()) {
    const inner = small.places[window] ?? [];
    for (const start of gapsOf(list ?? [], large.stride)) {
      inside += lowerBound(inner, start + large.stride) - lowerBound(inner, start);
    }
  }
  return (inside / small.perBlock) * small.blockBytes;
}

/** Places whose next one follows at exactly the stride. */
function gapsOf(places: ArrayLike<number>, stride: number): number[] {
  const gaps: number[] = [];
  for (let index = 0; index + 1 < places.length; index++) {
    if (places[index + 1]! - places[index]! === stride) gaps.push(places[index]!);
  }
  return gaps;
}

/**
 * Whether the period is one of whole pages, always at the same place in the page. Only places that keep the distance
 * count: the token may stand elsewhere as well.
 */
function isOnPages(period: Period, windows: readonly WordWindow[]): boolean {
  if (period.stride % pageBytes !== 0) return false;
  const places = period.places.flatMap((list, window) =>
    gapsOf(list ?? [], period.stride).map((offset) => windows[window]!.start + offset),
  );
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place % pageBytes, (counts.get(place % pageBytes) ?? 0) + 1);
  return Math.max(0, ...counts.values()) >= 0.9 * places.length;
}

/** Index of the first item at or above the value. */
function lowerBound(items: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
