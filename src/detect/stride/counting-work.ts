// Counting the blocks of strides as work for threads.
import { joinCapturedRanges } from '../../memory/captured-runs.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { lowerBound } from '../../model/lower-bound.ts';
import type { PageMap } from '../../model/page-map.ts';
import type { Order } from '../../threads/team.ts';
import type { Work } from '../../threads/work.ts';
import { type BlockTally, newTally, type OpenTally } from './block-tally.ts';
import { type CountStep, type PlannedWindow, planCounting } from './count-plan.ts';
import { knownPages } from './known-pages.ts';
import type { CompanionWord, Signature } from './signature.ts';
import { newTokenFinder, shapeReach, type TokenKeys, type TokenPiece } from './token-finder.ts';
import { type TokenKind, tokenKinds } from './tokens.ts';

export interface CountTask {
  /** Per dump, the same ones in the same order, with the words as that dump has them. */
  readonly signatures: readonly (readonly Signature[])[];
  /** Where blocks may stand, per dump; sorted. */
  readonly ranges: readonly List<Interval>[];
  /** Filled by the scan; undefined where nothing is known of pages, or dumps differ in their signatures. */
  readonly pageMap: PageMap | undefined;
}

/** Per signature, per dump. */
export type Tallies = readonly (readonly BlockTally[])[];

/** Windows counted as one part: large enough that handing them out costs nothing. */
const windowsPerPart = 64;

/** Reads what is not known of the ranges of every dump once. */
export function countingWork(task: CountTask, memories: readonly Memory[]): Work<Tallies> {
  const { signatures, ranges, pageMap } = task;
  const read = newWindowReader(signatures, memories);
  // What this thread has counted bounds what can be kept of the whole: see addSketch.
  const limits = signatures[0]!.map(() => memories.map(() => 2 ** 32));
  const captured = memories.map(({ dump }) => joinCapturedRanges(dump.captured));
  return function* parts() {
    let windows: PlannedWindow[] = [];
    for (const window of planCounting(ranges, pageMap && { pages: knownPages(pageMap), captured })) {
      windows.push(window);
      if (windows.length < windowsPerPart) continue;
      const own = windows;
      yield () => count(own);
      windows = [];
    }
    if (windows.length > 0) yield () => count(windows);
  };

  function* count(windows: readonly PlannedWindow[]): Generator<number, Tallies, void> {
    const tallies = signatures[0]!.map(({ period }, index) =>
      memories.map((_, dump) => newTally(period, limits[index]![dump]!)),
    );
    for (const stepsOf of windows) yield read(stepsOf(), tallies);
    return tallies.map((own, index) =>
      own.map(({ count, sketch, first, last }, dump) => {
        limits[index]![dump] = sketch.limit;
        return { count, sketch: { limit: sketch.limit, addresses: sketch.addresses }, first, last };
      }),
    );
  }
}

/** Adds the blocks of a window of all dumps to the tallies; returns the bytes read. */
function newWindowReader(signatures: CountTask['signatures'], memories: readonly Memory[]) {
  const find = newTokenFinder(memories, signatures.map(keysOf));
  const notes = memories.map((memory, dump) => newSieve(memory, signatures[dump]!));
  // Of one dump and the one before, in turn.
  const lists = [newHits(), newHits()] as const;
  return (steps: ReturnType<PlannedWindow>, tallies: readonly (readonly OpenTally[])[]): number => {
    let read = 0;
    for (const [dump, memory] of memories.entries()) {
      const hits = lists[dump % 2]!;
      const before = lists[(dump + 1) % 2]!;
      hits.value.count = 0;
      hits.shape.count = 0;
      for (const step of steps[dump]!) {
        if (step.range === undefined) {
          copyHits(before.value, hits.value, step, 0);
          copyHits(before.shape, hits.shape, step, shapeReach(memory));
        } else {
          notes[dump]!(find(dump, step, step.range), hits);
          read += step.end - step.start;
        }
      }
      for (const kind of tokenKinds) addHits(hits[kind], tallies, dump);
    }
    return read;
  };
}

function addHits(
  { addresses, signatures, count }: HitList,
  tallies: readonly (readonly OpenTally[])[],
  dump: number,
): void {
  for (let hit = 0; hit < count; hit++) tallies[signatures[hit]!]![dump]!.add(addresses[hit]!);
}

/** The same work for another thread. */
export function countingOrder({ signatures, ranges, pageMap }: CountTask): Order {
  const noPlaces = { offsets: new Uint32Array(), rows: [] };
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

function keysOf(signatures: readonly Signature[]): TokenKeys {
  const ofKind = (kind: TokenKind) => [
    ...new Set(signatures.filter(({ period }) => period.kind === kind).map(({ period }) => period.key)),
  ];
  return { value: ofKind('value'), shape: ofKind('shape') };
}

/** Tokens of a window that stand where a signature wants them, by address. Arrays with room for more, used again. */
interface HitList {
  count: number;
  addresses: Float64Array;
  /** Indices of signatures. */
  signatures: Uint8Array;
}

type Hits = Readonly<Record<TokenKind, HitList>>;

function newHits(): Hits {
  const newList = () => ({ count: 0, addresses: new Float64Array(1024), signatures: new Uint8Array(1024) });
  return { value: newList(), shape: newList() };
}

function addHit(list: HitList, address: Address, signature: number): void {
  if (list.count === list.addresses.length) {
    const { addresses, signatures } = list;
    list.addresses = new Float64Array(2 * list.count);
    list.addresses.set(addresses);
    list.signatures = new Uint8Array(2 * list.count);
    list.signatures.set(signatures);
  }
  list.addresses[list.count] = address;
  list.signatures[list.count++] = signature;
}

/** Notes the tokens of a piece that have their companions beside them. */
function newSieve(memory: Memory, signatures: readonly Signature[]): (piece: TokenPiece, hits: Hits) => void {
  const keys = keysOf(signatures);
  const ofKey = (kind: TokenKind, key: number) =>
    signatures.flatMap(({ period }, index) => (period.kind === kind && period.key === key ? index : []));
  const indices = {
    value: keys.value.map((key) => ofKey('value', key)),
    shape: keys.shape.map((key) => ofKey('shape', key)),
  };
  return ({ start, words, hits: found }, hits) => {
    const place = { memory, words, start, offset: 0 };
    for (const kind of tokenKinds) {
      const { pairs, count } = found[kind];
      const list = hits[kind];
      for (let hit = 0; hit < count; hit++) {
        place.offset = pairs[2 * hit]!;
        for (const index of indices[kind][pairs[2 * hit + 1]!]!) {
          if (!allStand(signatures[index]!.companions, place)) continue;
          addHit(list, start + place.offset, index);
        }
      }
    }
  };
}

/** Takes over the hits whose last word, that many bytes behind the first, stands in the step. */
function copyHits(
  { addresses, signatures, count }: HitList,
  to: HitList,
  { start, end }: CountStep,
  length: number,
): void {
  for (let hit = lowerBound(addresses.subarray(0, count), start - length); hit < count; hit++) {
    if (addresses[hit]! + length >= end) break;
    addHit(to, addresses[hit]!, signatures[hit]!);
  }
}

interface TokenPlace {
  readonly memory: Memory;
  readonly words: Uint32Array;
  readonly start: Address;
  readonly offset: number;
}

function allStand(companions: readonly CompanionWord[], place: TokenPlace): boolean {
  for (const word of companions) if (!stands(word, place)) return false;
  return true;
}

function stands(word: CompanionWord, { memory, words, start, offset }: TokenPlace): boolean {
  const index = (offset + word.offset) / 4;
  const { pointerSize, littleEndian } = memory.dump;
  const isWide = pointerSize === 8;
  if (index >= 0 && index + 1 < words.length) {
    return words[index] === word.lo && (!isWide || words[index + 1] === word.hi);
  }
  // At the border of a piece: the neighbour has to be read.
  const address = start + offset + word.offset;
  const [low, high] = littleEndian || !isWide ? [0, 4] : [4, 0];
  return memory.u32(address + low) === word.lo && (!isWide || memory.u32(address + high) === word.hi);
}
