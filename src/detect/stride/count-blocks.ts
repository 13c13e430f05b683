// Counts the blocks of each stride in every dump by their signatures.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import type { CompanionWord, Signature } from './signature.ts';
import type { TokenReader } from './tokens.ts';

export interface BlockCount {
  /** Per dump. */
  readonly counts: Float64Array;
  /** Addresses of the token. */
  readonly sketches: readonly AddressSketch[];
}

const pieceBytes = 1 << 20;

export interface CountInput {
  /** Per dump, the same ones in the same order, with the words as that dump has them. */
  readonly signatures: readonly (readonly Signature[])[];
  readonly memories: readonly Memory[];
  /** Where blocks may stand, per dump; sorted. */
  readonly ranges: readonly (readonly Interval[])[];
  /** One per dump: what is a pointer differs. */
  readonly readers: readonly TokenReader[];
  readonly pacer: Pacer;
}

/** Reads the ranges of every dump once. Results stand in the order of the signatures. */
export async function countBlocks(input: CountInput): Promise<BlockCount[]> {
  const { signatures, memories } = input;
  const results = signatures[0]!.map(() => ({
    counts: new Float64Array(memories.length),
    sketches: memories.map(() => newAddressSketch()),
  }));
  const buffer = new ArrayBuffer(pieceBytes);
  for (const [dump, memory] of memories.entries()) {
    const count = newCounter(signatures[dump]!, (index, address) => {
      results[index]!.counts[dump]!++;
      results[index]!.sketches[dump]!.add(address);
    });
    for (const piece of piecesOf(input.ranges[dump]!)) {
      const got = memory.read(piece.start, new Uint8Array(buffer, 0, piece.end - piece.start));
      const words = new Uint32Array(buffer, 0, (got >>> 3) << 1);
      input.readers[dump]!.read(words, (key, offset) => count(key, { memory, words, start: piece.start, offset }));
      await input.pacer.pace(got);
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
    for (const index of byKey.get(key) ?? []) {
      const { period, companions } = signatures[index]!;
      if (!companions.every((word) => stands(word, place))) continue;
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

function* piecesOf(ranges: readonly Interval[]): Generator<Interval> {
  for (const range of ranges) {
    for (let at = range.start; at < range.end; at += pieceBytes) {
      yield { start: at, end: Math.min(range.end, at + pieceBytes) };
    }
  }
}

interface TokenPlace {
  readonly memory: Memory;
  readonly words: Uint32Array;
  readonly start: Address;
  readonly offset: number;
}

function stands(word: CompanionWord, place: TokenPlace): boolean {
  const index = (place.offset + word.offset) / 4;
  const isWide = place.memory.dump.pointerSize === 8;
  if (index >= 0 && index + 1 < place.words.length) {
    return place.words[index] === word.lo && (!isWide || place.words[index + 1] === word.hi);
  }
  // At the border of a piece: the neighbour has to be read.
  const address = place.start + place.offset + word.offset;
  return place.memory.u32(address) === word.lo && (!isWide || place.memory.u32(address + 4) === word.hi);
}
