// Where the most frequent tokens of the sampled windows stand.
import { hashOf, newKeyCounts } from './key-counts.ts';
import type { WordWindow } from './sample-growth.ts';
import type { TokenReader } from './tokens.ts';

/** Byte offsets by window, ascending; windows without the token are missing. */
export type Places = readonly (Uint32Array | undefined)[];

/** All tokens of all windows, one after the other. */
interface TokenList {
  readonly keys: Float64Array;
  readonly offsets: Uint32Array;
  /** Of each window, the index behind its last token. */
  readonly windowEnds: readonly number[];
}

/**
 * Places of the tokens that come more than `least` times, the `most` most frequent ones (of equals, those with the
 * smaller keys).
 */
export function frequentPlaces(
  windows: readonly WordWindow[],
  reader: TokenReader,
  { least, most }: { readonly least: number; readonly most: number },
): Map<number, Places> {
  const list = listTokens(windows, reader);
  const chosen = frequentTokens(list, least).slice(0, most);
  return placesOf(list, chosen);
}

function listTokens(windows: readonly WordWindow[], reader: TokenReader): TokenList {
  const room = windows.reduce((sum, { words }) => sum + words.length / (reader.wordBytes / 4), 0);
  const keys = new Float64Array(room);
  const offsets = new Uint32Array(room);
  const windowEnds: number[] = [];
  let count = 0;
  for (const { words } of windows) {
    reader.read(words, (key, offset) => {
      keys[count] = key;
      offsets[count++] = offset;
    });
    windowEnds.push(count);
  }
  return { keys: keys.subarray(0, count), offsets: offsets.subarray(0, count), windowEnds };
}

interface TokenCount {
  readonly key: number;
  readonly count: number;
}

const bucketBits = 20;

/**
 * Most words come once or twice. So hashes are counted first, in a few small counters: what is in a bucket
 * that came seldom is not frequent, and only the others are counted one by one.
 */
function frequentTokens({ keys }: TokenList, least: number): TokenCount[] {
  const buckets = new Uint8Array(1 << bucketBits);
  for (let index = 0; index < keys.length; index++) {
    const bucket = bucketOf(keys[index]!);
    if (buckets[bucket]! <= least) buckets[bucket]!++;
  }
  const counts = newKeyCounts();
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (buckets[bucketOf(key)]! > least) counts.add(key);
  }
  const frequent: TokenCount[] = [];
  counts.forEach((key, count) => {
    if (count > least) frequent.push({ key, count });
  });
  return frequent.sort((a, b) => b.count - a.count || a.key - b.key);
}

function bucketOf(key: number): number {
  return hashOf(key) >>> (32 - bucketBits);
}

function placesOf({ keys, offsets, windowEnds }: TokenList, chosen: readonly TokenCount[]): Map<number, Places> {
  const isWanted = new Uint8Array(1 << bucketBits);
  for (const { key } of chosen) isWanted[bucketOf(key)] = 1;
  const rankOf = new Map(chosen.map(({ key }, rank) => [key, rank]));
  const lists = chosen.map(({ count }) => new Uint32Array(count));
  const ends = new Uint32Array(chosen.length);
  const places = chosen.map((): (Uint32Array | undefined)[] => []);
  /** Of the window at hand: tokens that stand in it. There may be many windows with a few tokens each. */
  const starts = new Uint32Array(chosen.length);
  const seen: number[] = [];
  let index = 0;
  for (const [window, windowEnd] of windowEnds.entries()) {
    for (; index < windowEnd; index++) {
      const key = keys[index]!;
      if (isWanted[bucketOf(key)] === 0) continue;
      const rank = rankOf.get(key);
      if (rank === undefined) continue;
      if (ends[rank] === starts[rank]) seen.push(rank);
      lists[rank]![ends[rank]!++] = offsets[index]!;
    }
    for (const rank of seen) {
      places[rank]![window] = lists[rank]!.subarray(starts[rank], ends[rank]);
      starts[rank] = ends[rank]!;
    }
    seen.length = 0;
  }
  return new Map(chosen.map(({ key }, rank) => [key, places[rank]!]));
}
