// Words by their value, as far as a double tells them apart.
import type { PointerSize } from '../model/address.ts';
import { isTextHalf, isTextWord } from '../model/word-kind.ts';

/** Beyond 2^53 a double cannot hold all bits of a word: the lowest ten are left out then, and what is kept is exact. */
const keptOfWide = ~0x3ff;

/** The low half of a word as far as its key holds it: all of it in numbers and addresses, those of kernels too. */
export function keptLow(lo: number, hi: number): number {
  const signed = hi | 0;
  return signed >= -(2 ** 20) && signed < 2 ** 20 ? lo : lo & keptOfWide;
}

/** One number per word, signed as addresses are; tells words apart as far as a double goes. */
export function valueKey(lo: number, hi: number): number {
  return (hi | 0) * 2 ** 32 + (keptLow(lo, hi) >>> 0);
}

/**
 * Tells of the words that are neither zero, nor text, nor the same as the one before, by their keys, with their byte
 * offsets.
 */
export function readValues(
  words: Uint32Array,
  wordBytes: PointerSize,
  visit: (key: number, offset: number) => void,
): void {
  const step = wordBytes / 4;
  let before = 0;
  for (let index = 0; index + step <= words.length; index += step) {
    const lo = words[index]!;
    const hi = step === 2 ? words[index + 1]! : 0;
    const key = valueKey(lo, hi);
    if (key !== 0 && key !== before && !(step === 2 ? isTextWord(lo, hi) : isTextHalf(lo))) visit(key, index * 4);
    before = key;
  }
}
