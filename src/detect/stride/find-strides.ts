// Finds the distances at which the same words come again: the period of the hatched pattern that equal blocks leave.
import type { WordWindow } from './sample-growth.ts';

/** A word that stands once in every block of some stride. */
export interface Marker {
  readonly lo: number;
  readonly hi: number;
  /** Bytes from block to block. */
  readonly stride: number;
  /** How often the word came again at exactly the stride. */
  readonly repeats: number;
  /** Share of its distances that are the stride or a multiple of it, 0 to 1: 1 when it stands nowhere else. */
  readonly purity: number;
  /** Times the word stands in one block. */
  readonly perBlock: number;
}

/** A word must come again at its stride this often before it can speak for one. */
const fewestRepeats = 12;
/** Of its distances, this share must be the stride: half the blocks next to another of their kind, and more. */
const smallestShare = 0.25;
/** Words looked at in detail, the most frequent first. */
const mostWords = 512;
/** Times one word may stand in a block and still be resolved. */
const mostPerBlock = 8;

/** Markers of all strides found, the ones with most repeats first. */
export function findStrides(windows: readonly WordWindow[], wordBytes: 4 | 8): Marker[] {
  const frequent = frequentWords(windows, wordBytes);
  const positions = positionsOf(windows, frequent, wordBytes);
  const markers: Marker[] = [];
  for (const [value, places] of positions) {
    const marker = markerOf(value, places);
    if (marker) markers.push(marker);
  }
  return markers.sort((a, b) => b.repeats - a.repeats || a.stride - b.stride || a.hi - b.hi || a.lo - b.lo);
}

/** One number per word: exact for 32 bits, and for 64 bits as far as a double goes, which tells words apart well. */
function keyOf(lo: number, hi: number): number {
  return hi * 2 ** 32 + lo;
}

/** Calls back for every word that is neither zero nor the same as the one before it (a fill pattern has no period). */
function eachWord(window: WordWindow, wordBytes: 4 | 8, visit: (key: number, offset: number) => void): void {
  const { words } = window;
  const step = wordBytes / 4;
  let before = 0;
  for (let index = 0; index + step <= words.length; index += step) {
    const key = step === 2 ? keyOf(words[index]!, words[index + 1]!) : words[index]!;
    if (key !== 0 && key !== before) visit(key, index * 4);
    before = key;
  }
}

function frequentWords(windows: readonly WordWindow[], wordBytes: 4 | 8): Set<number> {
  const counts = new Map<number, number>();
  for (const window of windows) {
    eachWord(window, wordBytes, (key) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
  }
  const frequent = [...counts].filter(([, count]) => count > fewestRepeats);
  frequent.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return new Set(frequent.slice(0, mostWords).map(([key]) => key));
}

/** Offsets of each word per window, windows told apart by a gap that no stride can bridge. */
function positionsOf(
  windows: readonly WordWindow[],
  wanted: ReadonlySet<number>,
  wordBytes: 4 | 8,
): Map<number, number[][]> {
  const positions = new Map<number, number[][]>();
  for (const [index, window] of windows.entries()) {
    eachWord(window, wordBytes, (key, offset) => {
      if (!wanted.has(key)) return;
      let lists = positions.get(key);
      if (!lists) {
        lists = [];
        positions.set(key, lists);
      }
      const list = lists[index] ?? [];
      if (list.length === 0) lists[index] = list;
      list.push(offset);
    });
  }
  return positions;
}

interface GapMode {
  readonly gap: number;
  readonly count: number;
  readonly share: number;
}

/** The commonest distance from an occurrence to the one `lag` further on. */
function commonestGap(places: readonly number[][], lag: number): GapMode | undefined {
  const histogram = new Map<number, number>();
  let all = 0;
  for (const list of places) {
    if (!list) continue;
    for (let index = lag; index < list.length; index++) {
      const gap = list[index]! - list[index - lag]!;
      histogram.set(gap, (histogram.get(gap) ?? 0) + 1);
      all++;
    }
  }
  let best: GapMode | undefined;
  for (const [gap, count] of histogram) {
    if (!best || count > best.count || (count === best.count && gap < best.gap)) best = { gap, count, share: count / all };
  }
  return best;
}

/**
 * A word that stands several times in each block has several distances, none of them the stride; the distance to the
 * occurrence as many further on as a block holds is. So the lag with the clearest distance wins, smaller ones first.
 */
function markerOf(key: number, places: readonly number[][]): Marker | undefined {
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
  if (!best || best.share < smallestShare) return undefined;
  return {
    lo: key % 2 ** 32,
    hi: Math.floor(key / 2 ** 32),
    stride: best.gap,
    repeats: best.count,
    purity: latticeShare(places, best.gap, perBlock),
    perBlock,
  };
}

function latticeShare(places: readonly number[][], stride: number, lag: number): number {
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
