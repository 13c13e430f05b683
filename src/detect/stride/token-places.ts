// Where the most frequent tokens of a sample stand.
import type { Places, Sample } from './sample.ts';
import type { TokenKind } from './tokens.ts';

export interface TokenPlaces {
  readonly key: number;
  readonly places: Places;
}

/**
 * Places of the tokens that come more than `least` times and are wanted, the `most` most frequent ones (of equals,
 * those with the smaller keys).
 */
export function frequentPlaces(
  sample: Sample,
  kind: TokenKind,
  choice: { readonly least: number; readonly most: number; readonly isWanted: (key: number) => boolean },
): TokenPlaces[] {
  const groups = groupByKey(listTokens(sample, kind, choice.least), choice.least);
  return mostFrequent(
    groups.filter(({ key }) => choice.isWanted(key)),
    choice.most,
  ).map(({ key, offsets }) => ({ key, places: sample.keep(offsets()) }));
}

/** Tokens by hash: those of one hash stand side by side, in the order of the sample. */
interface TokenList {
  readonly keys: Float64Array;
  readonly offsets: Uint32Array;
  /** Of each hash, the index behind its last token, and 1 where all its tokens are one. */
  readonly ends: Uint32Array;
  readonly isPure: Uint8Array;
}

/** Most words come once or twice. So hashes are counted first, and only tokens whose hash comes more than `least` times are listed. */
function listTokens(sample: Sample, kind: TokenKind, least: number): TokenList {
  const { kernels, into, ends, pure } = sample;
  new Uint32Array(kernels.buffer, into.buckets.place, into.buckets.count).fill(0);
  passOver(sample, kind, { ...into, keys: 0 });
  const count = kernels.openBuckets(into.buckets, least, ends);
  passOver(sample, kind, into);
  kernels.tellPure(into.keys, { place: ends, count }, pure);
  const endsOfHashes = new Uint32Array(kernels.buffer, ends, count);
  const listed = endsOfHashes.at(-1) ?? 0;
  return {
    keys: new Float64Array(kernels.buffer, into.keys, listed),
    offsets: new Uint32Array(kernels.buffer, into.offsets, listed),
    ends: endsOfHashes,
    isPure: new Uint8Array(kernels.buffer, pure, count),
  };
}

function passOver({ kernels, windows, wordBytes, ranges }: Sample, kind: TokenKind, into: Sample['into']): void {
  for (const { from, to } of windows) {
    const stretch = { place: into.origin + from, bytes: to - from, wordBytes };
    if (kind === 'value') kernels.listValues(stretch, into);
    else kernels.listShapes(stretch, into, ranges);
  }
}

interface TokenGroup {
  readonly key: number;
  readonly count: number;
  readonly offsets: () => Uint32Array;
}

/** Tokens by key that come more than `least` times. */
function groupByKey({ keys, offsets, ends, isPure }: TokenList, least: number): TokenGroup[] {
  const groups: TokenGroup[] = [];
  let start = 0;
  for (const [index, end] of ends.entries()) {
    const first = start;
    if (isPure[index])
      groups.push({ key: keys[first]!, count: end - first, offsets: () => offsets.subarray(first, end) });
    else for (const one of unmix(keys.subarray(first, end), offsets.subarray(first, end), least)) groups.push(one);
    start = end;
  }
  return groups;
}

/** Of different tokens of one hash, those that come more than `least` times. */
function unmix(keys: Float64Array, offsets: Uint32Array, least: number): TokenGroup[] {
  const order = Uint32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]! || a - b);
  const groups: TokenGroup[] = [];
  for (let start = 0; start < order.length; ) {
    const key = keys[order[start]!]!;
    let end = start + 1;
    while (end < order.length && keys[order[end]!] === key) end++;
    const own = order.subarray(start, end);
    if (own.length > least) groups.push({ key, count: own.length, offsets: () => own.map((index) => offsets[index]!) });
    start = end;
  }
  return groups;
}

function mostFrequent(groups: readonly TokenGroup[], most: number): TokenGroup[] {
  // Only those that may be among them are sorted with their keys: there may be a hundred thousand.
  const counts = Uint32Array.from(groups, ({ count }) => count).sort();
  const fewest = counts.at(-most) ?? 0;
  return groups
    .filter(({ count }) => count >= fewest)
    .sort((a, b) => b.count - a.count || a.key - b.key)
    .slice(0, most);
}
