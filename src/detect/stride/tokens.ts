// What is compared when strides are looked for: words by their value, and words by the kinds of those that follow.
import { readShapes } from '../../kernels/shapes.ts';
import { isTextHalf, isTextWord, type PointerTest } from '../../model/word-kind.ts';

/**
 * `value`: a word that is neither zero, nor text, nor the same as the one before it (a fill pattern has no period, and
 * text has periods of its own). `shape`: the kinds of eight words in a row where a run of one kind begins; found where
 * all values differ from block to block, but each block is laid out alike.
 */
export type TokenKind = 'value' | 'shape';

export interface TokenReader {
  readonly kind: TokenKind;
  readonly wordBytes: 4 | 8;
  /** Calls back with every token's key and byte offset, in order. */
  read(words: Uint32Array, visit: (key: number, offset: number) => void): void;
}

/** Beyond 2^53 a double cannot hold all bits of a word: the lowest ten are left out then, and what is kept is exact. */
const keptOfWide = ~0x3ff;

/** The low half of a word as far as its key holds it: all of it in numbers and addresses, those of kernels too. */
function keptLow(lo: number, hi: number): number {
  const signed = hi | 0;
  return signed >= -(2 ** 20) && signed < 2 ** 20 ? lo : lo & keptOfWide;
}

/** One number per word, signed as addresses are; tells words apart as far as a double goes. */
export function valueKey(lo: number, hi: number): number {
  return (hi | 0) * 2 ** 32 + (keptLow(lo, hi) >>> 0);
}

export function valueTokens(wordBytes: 4 | 8): TokenReader {
  const step = wordBytes / 4;
  return {
    kind: 'value',
    wordBytes,
    read(words, visit) {
      let before = 0;
      for (let index = 0; index + step <= words.length; index += step) {
        const lo = words[index]!;
        const hi = step === 2 ? words[index + 1]! : 0;
        const key = valueKey(lo, hi);
        if (key !== 0 && key !== before && !(step === 2 ? isTextWord(lo, hi) : isTextHalf(lo))) visit(key, index * 4);
        before = key;
      }
    },
  };
}

/** What words with a key have in common: these bits, seen through the masks. */
export interface KeyWord {
  readonly lo: number;
  readonly hi: number;
  readonly lowMask: number;
}

export function wordOfKey(kind: TokenKind, key: number): KeyWord {
  if (kind === 'shape') return { lo: key - firstShapeKey, hi: 0, lowMask: -1 };
  const hi = Math.floor(key / 2 ** 32);
  return { lo: key - hi * 2 ** 32, hi: hi >>> 0, lowMask: keptLow(-1, hi) };
}

/** No key is zero. */
const firstShapeKey = 1;

export function shapeTokens(wordBytes: 4 | 8, isPointer: PointerTest): TokenReader {
  return {
    kind: 'shape',
    wordBytes,
    read: (words, visit) =>
      readShapes(words, wordBytes, isPointer, (shape, offset) => visit(shape + firstShapeKey, offset)),
  };
}
