// Counts the blocks of each stride in every dump by their signatures.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { lowerBound } from '../../model/lower-bound.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import { type CountStep, planCounting } from './count-plan.ts';
import type { KnownPages } from './known-pages.ts';
import type { CompanionWord, Signature } from './signature.ts';
import { newTokenFinder, shapeReach, type TokenKeys, type TokenPiece } from './token-finder.ts';
import { type TokenKind, tokenKinds } from './tokens.ts';

export interface BlockCount {
  /** Per dump. */
  readonly counts: Float64Array;
  /** Addresses of the token. */
  readonly sketches: readonly AddressSketch[];
}

export interface CountInput {
  /** Per dump, the same ones in the same order, with the words as that dump has them. */
  readonly signatures: readonly (readonly Signature[])[];
  readonly memories: readonly Memory[];
  /** Where blocks may stand, per dump; sorted. */
  readonly ranges: readonly List<Interval>[];
  /** Undefined where nothing is known of pages, or dumps differ in their signatures. */
  readonly pages: KnownPages | undefined;
  readonly pacer: Pacer;
}

/** Reads what is not known of the ranges of every dump once. Results stand in the order of the signatures. */
export async function countBlocks(input: CountInput): Promise<BlockCount[]> {
  const { signatures, memories, pacer } = input;
  const results = signatures[0]!.map(() => ({
    counts: new Float64Array(memories.length),
    sketches: memories.map(() => newAddressSketch()),
  }));
  const find = newTokenFinder(memories, signatures.map(keysOf));
  const lanes = memories.map((memory, dump) => ({
    note: newSieve(memory, signatures[dump]!),
    count: newCounter(signatures[dump]!, (index, address) => {
      results[index]!.counts[dump]!++;
      results[index]!.sketches[dump]!.add(address);
    }),
  }));
  for (const steps of planCounting(input.ranges, input.pages)) {
    let before = newHits();
    for (const [dump, { note, count }] of lanes.entries()) {
      const hits = newHits();
      for (const step of steps[dump]!) {
        if (step.range === undefined) {
          copyHits(before.value, hits.value, step, 0);
          copyHits(before.shape, hits.shape, step, shapeReach(memories[dump]!));
        } else note(find(dump, step, step.range), hits);
      }
      count(hits);
      before = hits;
      await pacer.pace(steps[dump]!.reduce((sum, { start, end, range }) => sum + (range ? end - start : 0), 0));
    }
  }
  for (const [index, { period }] of signatures[0]!.entries()) {
    for (let dump = 0; dump < memories.length; dump++) {
      results[index]!.counts[dump] = Math.round(results[index]!.counts[dump]! / period.perBlock);
    }
  }
  return results;
}

function keysOf(signatures: readonly Signature[]): TokenKeys {
  const ofKind = (kind: TokenKind) => [
    ...new Set(signatures.filter(({ period }) => period.kind === kind).map(({ period }) => period.key)),
  ];
  return { value: ofKind('value'), shape: ofKind('shape') };
}

/** Tokens of a window that stand where a signature wants them, by address. */
interface HitList {
  readonly addresses: Address[];
  /** Indices of signatures. */
  readonly signatures: number[];
}

type Hits = Readonly<Record<TokenKind, HitList>>;

function newHits(): Hits {
  return { value: { addresses: [], signatures: [] }, shape: { addresses: [], signatures: [] } };
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
      const { addresses, signatures: owners } = hits[kind];
      for (let hit = 0; hit < count; hit++) {
        place.offset = pairs[2 * hit]!;
        for (const index of indices[kind][pairs[2 * hit + 1]!]!) {
          if (!allStand(signatures[index]!.companions, place)) continue;
          addresses.push(start + place.offset);
          owners.push(index);
        }
      }
    }
  };
}

/** Takes over the hits whose last word, that many bytes behind the first, stands in the step. */
function copyHits(from: HitList, to: HitList, { start, end }: CountStep, length: number): void {
  const { addresses, signatures } = from;
  for (let hit = lowerBound(addresses, start - length); hit < addresses.length; hit++) {
    if (addresses[hit]! + length >= end) break;
    to.addresses.push(addresses[hit]!);
    to.signatures.push(signatures[hit]!);
  }
}

/**
 * Told of the hits of one window after the other, calls back for those that mark a block. A token that stands in blocks
 * of several strides marks one of this stride where the same comes again at it.
 */
function newCounter(signatures: readonly Signature[], found: (index: number, address: Address) => void) {
  const before = new Map<number, { readonly address: Address; readonly isCounted: boolean }>();
  const countOne = (index: number, address: Address) => {
    const { period } = signatures[index]!;
    if (period.isShared) {
      const last = before.get(index);
      const isBeside = last !== undefined && address - last.address === period.stride;
      before.set(index, { address, isCounted: isBeside });
      if (!isBeside) return;
      if (!last.isCounted) found(index, last.address);
    }
    found(index, address);
  };
  return (hits: Hits) => {
    for (const kind of tokenKinds) {
      const { addresses, signatures: owners } = hits[kind];
      for (let hit = 0; hit < addresses.length; hit++) countOne(owners[hit]!, addresses[hit]!);
    }
  };
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
