// Counts the blocks of each stride in every dump by their signatures.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import type { CompanionWord, Signature } from './signature.ts';
import { newTokenFinder } from './token-finder.ts';
import type { TokenKind } from './tokens.ts';

export interface BlockCount {
  /** Per dump. */
  readonly counts: Float64Array;
  /** Addresses of the token. */
  readonly sketches: readonly AddressSketch[];
}

export interface CountInput {
  /** Of all tokens. */
  readonly kind: TokenKind;
  /** Per dump, the same ones in the same order, with the words as that dump has them. */
  readonly signatures: readonly (readonly Signature[])[];
  readonly memories: readonly Memory[];
  /** Where blocks may stand, per dump; sorted. */
  readonly ranges: readonly List<Interval>[];
  readonly pacer: Pacer;
}

/** Reads the ranges of every dump once. Results stand in the order of the signatures. */
export async function countBlocks(input: CountInput): Promise<BlockCount[]> {
  const { kind, signatures, memories } = input;
  const results = signatures[0]!.map(() => ({
    counts: new Float64Array(memories.length),
    sketches: memories.map(() => newAddressSketch()),
  }));
  for (const [dump, memory] of memories.entries()) {
    const own = signatures[dump]!;
    const count = newCounter(own, (index, address) => {
      results[index]!.counts[dump]!++;
      results[index]!.sketches[dump]!.add(address);
    });
    const keys = [...new Set(own.map(({ period }) => period.key))];
    const find = newTokenFinder(memory, kind, keys);
    for (const range of input.ranges[dump]!) {
      for (const piece of find(range)) {
        const place = { memory, words: piece.words, start: piece.start, offset: 0 };
        for (let hit = 0; hit < piece.hitCount; hit++) {
          place.offset = piece.hits[2 * hit]!;
          count(keys[piece.hits[2 * hit + 1]!]!, place);
        }
        await input.pacer.pace(piece.words.length * 4);
      }
    }
  }
  for (const [index, { period }] of signatures[0]!.entries()) {
    for (let dump = 0; dump < memories.length; dump++) {
      results[index]!.counts[dump] = Math.round(results[index]!.counts[dump]! / period.perBlock);
    }
  }
  return results;
}

/**
 * Told of every token in address order, calls back for those that mark a block. A token that stands in blocks of
 * several strides marks one of this stride where the same comes again at it.
 */
function newCounter(signatures: readonly Signature[], found: (index: number, address: Address) => void) {
  const byKey = new Map<number, number[]>();
  for (const [index, { period }] of signatures.entries()) {
    byKey.set(period.key, [...(byKey.get(period.key) ?? []), index]);
  }
  const before = new Map<number, { readonly address: Address; readonly isCounted: boolean }>();
  return (key: number, place: TokenPlace) => {
    for (const index of byKey.get(key)!) {
      const { period, companions } = signatures[index]!;
      if (!allStand(companions, place)) continue;
      const address = place.start + place.offset;
      if (period.isShared) {
        const last = before.get(index);
        const isBeside = last !== undefined && address - last.address === period.stride;
        before.set(index, { address, isCounted: isBeside });
        if (!isBeside) continue;
        if (!last.isCounted) found(index, last.address);
      }
      found(index, address);
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
