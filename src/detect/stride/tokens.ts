// What is compared when strides are looked for: words by their value, and words by the kinds of those that follow.
import { classifyWord32, classifyWord64, isTextHalf, isTextWord, type PointerTest } from '../../model/word-kind.ts';

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

/** As valueTokens, but of the given keys only: most words are told by one look into a table. */
export function selectedValueTokens(wordBytes: 4 | 8, keys: readonly number[]): TokenReader {
  const step = wordBytes / 4;
  const slots = new Uint8Array(65536);
  for (const key of keys) slots[slotOf(key % 2 ** 32)] = 1;
  const wanted = new Set(keys);
  return {
    kind: 'value',
    wordBytes,
    read(words, visit) {
      for (let index = 0; index + step <= words.length; index += step) {
        const lo = words[index]!;
        const hi = step === 2 ? words[index + 1]! : 0;
        if (slots[slotOf(keptLow(lo, hi))] === 0) continue;
        const key = valueKey(lo, hi);
        if (!wanted.has(key)) continue;
        const isRepeated =
          index >= step && words[index - step] === lo && (step === 1 || words[index - step + 1] === hi);
        if (!isRepeated) visit(key, index * 4);
      }
    },
  };
}

function slotOf(lo: number): number {
  return (lo ^ (lo >>> 16)) & 0xffff;
}

const shapeWords = 8;
const bitsPerKind = 3;
const shapeMask = 2 ** (shapeWords * bitsPerKind) - 1;

export function shapeTokens(wordBytes: 4 | 8, isPointer: PointerTest): TokenReader {
  const step = wordBytes / 4;
  return {
    kind: 'shape',
    wordBytes,
    read(words, visit) {
      let shape = 0;
      let seen = 0;
      for (let index = 0; index + step <= words.length; index += step) {
        const kind =
          step === 2
            ? classifyWord64(words[index]!, words[index + 1]!, isPointer)
            : classifyWord32(words[index]!, isPointer);
        // Before it is shifted out, the oldest kind is the one in front of the eight: a run begins where they differ.
        const oldest = shape >>> ((shapeWords - 1) * bitsPerKind);
        shape = ((shape << bitsPerKind) | kind) & shapeMask;
        seen++;
        const first = shape >>> ((shapeWords - 1) * bitsPerKind);
        if (seen > shapeWords && first !== oldest) visit(shape + 1, (index - (shapeWords - 1) * step) * 4);
      }
    },
  };
}
