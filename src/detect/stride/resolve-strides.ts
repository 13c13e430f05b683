// Many tokens tell of one stride, multiples of a stride look like strides, and so do arrays inside a block: leaves one
// period per kind of block.
import type { CountsBetween } from '../../kernels/kernels.ts';
import type { Memory } from '../../memory/memory.ts';
import { type Period, purityOfWeak } from './find-strides.ts';
import { type Sample, windowAt } from './sample.ts';
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
 * @param sample where they were found, of this memory
 */
export function resolveStrides(periods: readonly Period[], sample: Sample, memory: Memory): Signature[] {
  const best = bestByStride(periods, sample, memory, mostClasses * 4);
  const dropped = new Set<Signature>();
  for (const large of best) {
    for (const small of best) {
      if (small.period.stride >= large.period.stride || dropped.has(small) || dropped.has(large)) continue;
      const loser = loserOf(small.period, large.period, sample);
      if (loser) dropped.add(loser === small.period ? small : large);
    }
  }
  const left = best.filter((signature) => !dropped.has(signature));
  return left.filter(({ period }) => !isSlab(period, left, sample)).slice(0, mostClasses);
}

/** Tokens of one stride held against each other, and kinds of blocks told apart among them. */
const mostRivals = 24;
const mostKinds = 4;

/**
 * Per stride, and per kind of block of that stride, the token that stands in these blocks and nowhere else, for it
 * counts them best; `most` of them. Tokens that always stand at the same distance from each other belong to one kind of
 * block.
 */
function bestByStride(periods: readonly Period[], sample: Sample, memory: Memory, most: number): Signature[] {
  const rivals = new Map<number, Period[]>();
  for (const period of periods) {
    const known = rivals.get(period.stride);
    if (!known) rivals.set(period.stride, [period]);
    else if (known.length < mostRivals) known.push(period);
  }
  const best: Signature[] = [];
  for (const list of rivals.values()) {
    if (best.length >= most) break;
    for (const { periods: group, distances } of groupByBlock(list, sample)) {
      const objects = splitByTypes(group, distances, memory);
      const signatures = (objects ?? group).map((period) => signatureOf(period, sample));
      best.push(...(objects ? signatures : kindsOf({ signatures, distances }, sample)));
    }
  }
  return best.slice(0, most);
}

/** Tokens that stand in the same blocks, and how many bytes behind the first one each stands. */
interface BlockGroup {
  readonly periods: Period[];
  readonly distances: number[];
}

/** Those that stand once in a block lead; a word such as 1, which stands beside everything, leads only if none does. */
function groupByBlock(list: readonly Period[], sample: Sample): BlockGroup[] {
  const groups: BlockGroup[] = [];
  for (const period of [...list].sort((a, b) => a.perBlock - b.perBlock || rank(a) - rank(b))) {
    let distance: number | undefined;
    const own = groups.find((group) => {
      distance = distanceBehind(period, group.periods[0]!, sample);
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
function kindsOf(
  group: { readonly signatures: readonly Signature[]; readonly distances: readonly number[] },
  sample: Sample,
): Signature[] {
  const kinds: Signature[] = [];
  let open = group.signatures.map((signature, index) => ({ signature, distance: group.distances[index]! }));
  while (open.length > 0 && kinds.length < mostKinds) {
    const best = open.reduce((a, b) => (quality(b.signature) > quality(a.signature) ? b : a));
    kinds.push(best.signature);
    open = open.filter((one) => {
      const apart = best.distance - one.distance;
      return (
        one !== best &&
        besideShare(one.signature.period, best.signature.period, { distance: apart, sample }) < otherKindShare
      );
    });
  }
  return kinds;
}

/** Share of the period's places that have one of the other's at the distance, in the same window. */
function besideShare(
  { places }: Period,
  other: Period,
  { distance, sample: { kernels, room } }: { readonly distance: number; readonly sample: Sample },
): number {
  return places.count === 0 ? 0 : kernels.countBeside(places, other.places, distance, room) / places.count;
}

/** The one distance, below a stride, at which most of the token's places lie behind the other's; or undefined. */
function distanceBehind({ places, stride }: Period, leader: Period, { kernels, room }: Sample): number | undefined {
  const { distance, count } = kernels.commonestBehind(places, leader.places, stride, room);
  return count > 0 && count >= agreement * places.count ? distance : undefined;
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
function loserOf(small: Period, large: Period, sample: Sample): Period | undefined {
  const { gaps, between, commonest, count } = countBetween(small, large, sample);
  // A word that mostly does not keep its distance is a value that some blocks hold, where clear blocks lie between.
  const filledBytes = (between / small.perBlock) * small.stride;
  if (!isClear(large) && isClear(small) && filledBytes >= slabFill * gaps * large.stride) return large;
  if (isFilledByOthers(small, large, sample)) return large;
  // The smaller one is at home elsewhere: a few of its blocks inside the larger say nothing.
  if (between < agreement * small.places.count) return undefined;
  if (count === 0 || count < agreement * gaps) return undefined;
  const filled = (commonest / small.perBlock) * small.stride;
  return filled === large.stride || (filled >= slabFill * large.stride && isOnPages(large, sample)) ? large : small;
}

/**
 * Blocks do not overlap: where the smaller period fills what the larger one would have as its blocks, it either is a part
 * of them, and its rows begin anew at the same place in each, or the larger one is no block. Rows that begin elsewhere, at
 * the borders of slabs, are of blocks of their own, some of which hold the larger one's token by turns. Tokens that stand
 * several times in a block have no rows.
 */
function isFilledByOthers(small: Period, large: Period, sample: Sample): boolean {
  if (small.perBlock > 1 || !isClear(small)) return false;
  const blocks = blockStarts(large);
  const filled = countInside(small.places.offsets, blocks, large.stride) * small.stride;
  if (blocks.length === 0 || filled < agreement * blocks.length * large.stride) return false;
  const rowsAt = new Map<number, number>();
  let most = 0;
  countInside(rowStarts(small, sample), blocks, large.stride, (place) => {
    const rows = (rowsAt.get(place) ?? 0) + 1;
    rowsAt.set(place, rows);
    most = Math.max(most, rows);
  });
  return most < agreement * blocks.length;
}

/** Places whose next one, or as many further on as stand in a block, follows at exactly the stride. */
function blockStarts({ places: { offsets }, stride, perBlock }: Period): Uint32Array {
  return offsets.filter((offset, index) => offsets[index + perBlock] === offset + stride);
}

/** How many of the offsets lie in blocks. @param onPlace told of each, in bytes from its block's start */
function countInside(
  offsets: ArrayLike<number>,
  blocks: Uint32Array,
  blockBytes: number,
  onPlace?: (place: number) => void,
): number {
  let count = 0;
  let first = 0;
  for (const start of blocks) {
    while (first < offsets.length && offsets[first]! < start) first++;
    for (let next = first; next < offsets.length && offsets[next]! < start + blockBytes; next++) {
      count++;
      onPlace?.(offsets[next]! - start);
    }
  }
  return count;
}

/** Places that have none before them at exactly the stride. */
function rowStarts({ places, stride }: Period, sample: Sample): number[] {
  const steps = sample.stepsOf(places, stride);
  const starts: number[] = [];
  let next = 0;
  for (const offset of places.offsets) {
    if (offset === steps[next]) next++;
    else starts.push(offset);
  }
  return starts;
}

/** How many of the smaller period stand between two neighbours of the larger. */
function countBetween(small: Period, large: Period, { kernels, room }: Sample): CountsBetween {
  return kernels.countBetween(small.places, large.places, large.stride, room);
}

/** Runs of pages that blocks of several kinds were cut from: no kind fills each of them, but all together fill many. */
function isSlab(large: Period, signatures: readonly Signature[], sample: Sample): boolean {
  if (!isOnPages(large, sample)) return false;
  const smaller = signatures.filter(({ period }) => period.blockBytes < large.stride && !isOnPages(period, sample));
  const filled = smaller.reduce((sum, { period }) => sum + bytesInside(period, large, sample), 0);
  return filled >= slabFill * gapsOf(large, sample).length * large.stride;
}

/** Bytes of the smaller period's blocks that stand between neighbours of the larger. */
function bytesInside(small: Period, large: Period, sample: Sample): number {
  return (countBetween(small, large, sample).between / small.perBlock) * small.blockBytes;
}

/** Places whose next one follows at exactly the stride. */
function gapsOf({ places, stride }: Period, sample: Sample): Uint32Array {
  return sample.stepsOf(places, stride).map((offset) => offset - stride);
}

function isClear({ purity }: Period): boolean {
  return purity >= purityOfWeak;
}

/**
 * Whether the period is one of whole pages, always at the same place in the page. Only places that keep the distance
 * count: the token may stand elsewhere as well.
 */
function isOnPages(period: Period, sample: Sample): boolean {
  if (period.stride % pageBytes !== 0) return false;
  const gaps = gapsOf(period, sample);
  const counts = new Map<number, number>();
  for (const offset of gaps) {
    const { start, from } = windowAt(sample.windows, offset);
    const place = (start + offset - from) % pageBytes;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values()) >= 0.9 * gaps.length;
}
