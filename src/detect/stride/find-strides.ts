// Finds the distances at which the same tokens come again: the period of the hatch that equal blocks leave.
import type { CommonestDistance } from '../../kernels/kernels.ts';
import type { Places, Sample } from './sample.ts';
import { frequentPlaces, type TokenPlaces } from './token-places.ts';
import type { TokenKind } from './tokens.ts';

/** A token that stands in every block of some stride. */
export interface Period {
  readonly kind: TokenKind;
  readonly key: number;
  /** Bytes from one token to the next. */
  readonly stride: number;
  /** Bytes of one block: the stride, unless blocks of several kinds take turns. */
  readonly blockBytes: number;
  /** How often the token came again at exactly the stride. */
  readonly repeats: number;
  /** Share of its distances that are exactly the stride, 0 to 1. */
  readonly share: number;
  /** Share of its distances that are the stride or a multiple of it. */
  readonly purity: number;
  /** Times the token stands in one block. */
  readonly perBlock: number;
  /** Whether the token also stands in blocks of another stride: then it counts only where it comes again at this one. */
  readonly isShared: boolean;
  readonly places: Places;
}

/** A token must come again at its stride this often before it can speak for one. */
const fewestRepeats = 12;
/** Half of its blocks stand next to one of their kind; or a quarter, when nearly all else lies on the lattice too. */
const clearShare = 0.5;
const weakShare = 0.25;
export const purityOfWeak = 0.8;
/** Tokens looked at in detail, the most frequent first. */
const mostTokens = 512;
/** Times one token may stand in a block and still be resolved. */
const mostPerBlock = 8;
/** A distance further on must hold for this much more of the places. */
const clearerBy = 0.2;
/** A stride smaller than two words can hold no block of any allocator. */
const smallestStride = 16;

/**
 * Periods of all tokens that have one, the ones with most repeats first.
 * @param isWanted whether tokens with a key are looked at
 */
export function findPeriods(
  sample: Sample,
  kind: TokenKind,
  isWanted: (key: number) => boolean = () => true,
): Period[] {
  const periods: Period[] = [];
  for (const token of frequentPlaces(sample, kind, { least: fewestRepeats, most: mostTokens, isWanted })) {
    for (const period of periodsOf(token, sample)) {
      if (period.stride >= smallestStride) periods.push({ kind, ...period });
    }
  }
  return periods.sort((a, b) => b.repeats - a.repeats || a.stride - b.stride || a.key - b.key);
}

type Found = Omit<Period, 'kind'>;

/** What stands off the lattice of a period must be this much of all places to be looked at for another. */
const otherShare = 0.02;

/**
 * The same token may stand in blocks of two sizes: arrays of one type and two lengths, records that begin alike. What
 * is left off the first stride's lattice then has a stride of its own.
 */
function periodsOf(token: TokenPlaces, sample: Sample): Found[] {
  const first = periodOf(token, sample);
  if (!first) return [];
  if (first.perBlock > 1 || first.purity >= 1 - otherShare) return [first];
  const { on, off } = splitByLattice(token.places, first.stride, sample);
  const second = periodOf({ key: token.key, places: off }, sample);
  if (!second || second.perBlock > 1 || second.stride % first.stride === 0 || first.stride % second.stride === 0) {
    return [first];
  }
  const firstOnly = { ...first, places: on, share: 1, purity: latticeShare(on, first.stride, sample), isShared: true };
  return [firstOnly, { ...second, isShared: true }];
}

/** Places that have another one at exactly the stride, before or behind them, and those that have none. */
function splitByLattice(places: Places, stride: number, sample: Sample): { on: Places; off: Places } {
  const steps = sample.stepsOf(places, stride);
  const isStep = new Uint8Array(places.count + 1);
  for (let index = 0, next = 0; next < steps.length; index++) {
    if (places.offsets[index] !== steps[next]) continue;
    isStep[index] = 1;
    next++;
  }
  const pick = (wanted: number) =>
    sample.keep(places.offsets.filter((_, index) => (isStep[index]! | isStep[index + 1]!) === wanted));
  return { on: pick(1), off: pick(0) };
}

/** Share of the distances to the next place that are multiples of the stride. */
function latticeShare(places: Places, stride: number, { kernels, room }: Sample): number {
  const { all } = kernels.commonestGap(places, 1, room);
  return all === 0 ? 0 : kernels.countMultiples(places, 1, stride, room) / all;
}

/**
 * A token that stands several times in each block has several distances, none of them the stride; the distance to the
 * occurrence as many further on as a block holds is. So the lag with the clearest distance wins, smaller ones first.
 */
function periodOf({ key, places }: TokenPlaces, { kernels, room }: Sample): Found | undefined {
  let best: (CommonestDistance & { readonly share: number }) | undefined;
  let perBlock = 1;
  for (let lag = 1; lag <= mostPerBlock; lag++) {
    // No share is larger than 1.
    if (best && best.share + clearerBy >= 1) break;
    const gap = kernels.commonestGap(places, lag, room);
    if (gap.count < fewestRepeats) break;
    const share = gap.count / gap.all;
    // A multiple of a clear distance is clear as well; only a much clearer one says that the small one was a part.
    if (!best || (share > best.share + clearerBy && share > 1.3 * best.share)) {
      best = { ...gap, share };
      perBlock = lag;
    }
  }
  if (!best) return undefined;
  const { distance: stride, count: repeats, share } = best;
  const purity = kernels.countMultiples(places, perBlock, stride, room) / best.all;
  if (share < clearShare && (share < weakShare || purity < purityOfWeak)) return undefined;
  return { key, stride, blockBytes: stride, repeats, share, purity, perBlock, isShared: false, places };
}
