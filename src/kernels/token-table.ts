// A table in the kernels' memory of the tokens that mark blocks, and of the words that have to stand around each.
//
// It stands as: the tokens, with their bits and the mask that these are seen through, 8 bytes each, the place of their
// signatures and how many these are, 4 bytes each; the signatures, with the index that hits tell of them, the number of
// their companions, 8 unused bytes, and room for five companions: the distance from the token, 4 bytes and 4 unused, and
// the word, 8 bytes.
import type { Place, Table } from './kernels.ts';

/** A token: the words with these bits, seen through the mask of the low half. */
export interface Token {
  readonly lo: number;
  readonly hi: number;
  readonly lowMask: number;
  /** A hit is told of each whose companions stand around the token. */
  readonly signatures: readonly TokenSignature[];
}

export interface TokenSignature {
  /** What hits tell of it. */
  readonly index: number;
  /** `mostCompanions` at most. */
  readonly companions: readonly CompanionWord[];
}

/** A word at a distance from the token; never zero. */
export interface CompanionWord {
  /** Bytes from the token, `farthestCompanion` at most, either way. */
  readonly offset: number;
  readonly lo: number;
  readonly hi: number;
}

export const mostCompanions = 5;
export const farthestCompanion = 128;

export const tokenBytes = 24;
export const signatureBytes = 16 + 16 * mostCompanions;

export function tokenTableBytes(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { signatures }) => sum + tokenBytes + signatureBytes * signatures.length, 0);
}

/** Hits that one word may be told by, at most. */
export function hitsPerWord(tokens: readonly Token[]): number {
  return Math.max(0, ...tokens.map(({ signatures }) => signatures.length));
}

/** Writes them at a place that is a multiple of 8. The table's count is that of the tokens. */
export function writeTokens(buffer: ArrayBuffer, place: Place, tokens: readonly Token[]): Table {
  let next = place + tokenBytes * tokens.length;
  for (const [index, { lo, hi, lowMask, signatures }] of tokens.entries()) {
    const token = [lo, hi, lowMask, -1, next, signatures.length];
    new Uint32Array(buffer, place + tokenBytes * index, tokenBytes / 4).set(token);
    for (const { index: own, companions } of signatures) {
      const words = companions.flatMap(({ offset, lo, hi }) => [offset, 0, lo, hi]);
      new Uint32Array(buffer, next, signatureBytes / 4).set([own, companions.length, 0, 0, ...words]);
      next += signatureBytes;
    }
  }
  return { place, count: tokens.length };
}
