// Finds the distances at which the same tokens come again: the period of the hatch that equal blocks leave.
import { newKeyCounts } from './key-counts.ts';
import type { WordWindow } from './sample-growth.ts';
import { frequentPlaces, type Places } from './token-places.ts';
import type { TokenKind, TokenReader } from './tokens.ts';

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
/** A stride smaller than two words can hold no block of any allocator. */
const smallestStride = 16;

/** Periods of all tokens that have one, the ones with most repeats first. */
export function findPeriods(windows: readonly WordWindow[], reader: TokenReader): Period[] {
  const positions = frequentPlaces(windows, reader, { least: fewestRepeats, most: mostTokens });
  const periods: Period[] = [];
  for (const [key, places] of positions) {
    for (const period of periodsOf(key, places)) {
      if (period.stride >= smallestStride) periods.push({ kind: reader.kind, ...period });
    }
  }
  return periods.sort((a, b) => b.repeats - a.repeats || a.stride - b.stride || a.key - b.key);
}

interface GapMode {
  readonly gap: number;
  readonly count: number;
  readonly share: number;
}

const gaps = newKeyCounts();

/** The commonest distance from an occurrence to the one `lag` further on. */
function commonestGap(places: Places, lag: number): GapMode | undefined {
  gaps.clear();
  let all = 0;
  for (const list of places) {
    if (!list) continue;
    for (let index = lag; index < list.length; index++) gaps.add(list[index]! - list[index - lag]!);
    all += Math.max(0, list.length - lag);
  }
  let best: GapMode | undefined;
  gaps.forEach((gap, count) => {
    if (!best || count > best.count || (count === best.count && gap < best.gap))
      best = { gap, count, share: count / all };
  });
  return best;
}

type Found = Omit<Period, 'kind'>;

/** What stands off the lattice of a period must be this much of all places to be looked at for another. */
const otherShare = 0.02;

/**
 * The same token may stand in blocks of two sizes: arrays of one type and two lengths, records that begin alike. What
 * is left off the first stride's lattice then has a stride of its own.
 */
function periodsOf(key: number, places: Places): Found[] {
  const first = periodOf(key, places);
  if (!first) return [];
  if (first.perBlock > 1 || first.purity >= 1 - otherShare) return [first];
  const second = periodOf(key, offLattice(places, first.stride));
  if (!second || second.perBlock > 1 || second.stride % first.stride === 0 || first.stride % second.stride === 0) {
    return [first];
  }
  const own = onLattice(places, first.stride);
  const firstOnly = { ...first, places: own, share: 1, purity: latticeShare(own, first.stride, 1), isShared: true };
  return [firstOnly, { ...second, isShared: true }];
}

function onLattice(places: Places, stride: number): Places {
  return places.map((list) => list?.filter((_, index) => isBeside(list, index, stride)));
}

function offLattice(places: Places, stride: number): Places {
  return places.map((list) => list?.filter((_, index) => !isBeside(list, index, stride)));
}

function isBeside(list: Uint32Array, index: number, stride: number): boolean {
  return list[index + 1]! - list[index]! === stride || list[index]! - list[index - 1]! === stride;
}

/**
 * A token that stands several times in each block has several distances, none of them the stride; the distance to the
 * occurrence as many further on as a block holds is. So the lag with the clearest distance wins, smaller ones first.
 */
function periodOf(key: number, places: Places): Found | undefined {
  let best: GapMode | undefined;
  let perBlock = 1;
  for (let lag = 1; lag <= mostPerBlock; lag++) {
    const mode = commonestGap(places, lag);
    if (!mode || mode.count < fewestRepeats) break;
    // A multiple of a clear distance is clear as well; only a much clearer one says that the small one was a part.
    if (!best || (mode.share > best.share + 0.2 && mode.share > 1.3 * best.share)) {
      best = mode;
      perBlock = lag;
    }
  }
  if (!best) return undefined;
  const purity = latticeShare(places, best.gap, perBlock);
  if (best.share < clearShare && (best.share < weakShare || purity < purityOfWeak)) return undefined;
  return {
    key,
    stride: best.gap,
    blockBytes: best.gap,
    repeats: best.count,
    share: best.share,
    purity,
    perBlock,
    isShared: false,
    places,
  };
}

function latticeShare(places: Places, stride: number, lag: number): number {
  let on = 0;
  let all = 0;
  for (const list of places) {
    if (!list) continue;
    for (let index = lag; index < list.length; index++) {
      if ((list[index]! - list[index - lag]!) % stride === 0) on++;
      all++;
    }
  }
  return all === 0 ? 0 : on / all;
}
