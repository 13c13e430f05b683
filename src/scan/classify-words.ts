// The hot loop of the scan: what kind each word is, and how many bytes are zero.
import { cellCode, wordKinds } from '../model/cell-map.ts';
import { classifyWord32, classifyWord64, type PointerTest } from '../model/word-kind.ts';

/** Index in the counts where zero bytes are added up; before it stands one count of words per word kind. */
export const zeroBytesIndex = wordKinds.length;

/** Room for one count per word kind and the zero bytes. */
export function newWordCounts(): Float64Array {
  return new Float64Array(wordKinds.length + 1);
}

/**
 * Adds up kinds of words and zero bytes of `words[from, to)`, halves in the process's byte order.
 * @param isWide words of 8 bytes (two halves, low one first), else of 4
 */
export function countWordKinds(
  words: Uint32Array,
  from: number,
  to: number,
  isWide: boolean,
  isPointer: PointerTest,
  counts: Float64Array,
): void {
  let zeroBytes = 0;
  if (isWide) {
    for (let index = from; index < to; index += 2) {
      const lo = words[index]!;
      const hi = words[index + 1]!;
      if ((lo | hi) === 0) {
        counts[0]!++;
        zeroBytes += 8;
        continue;
      }
      zeroBytes += zeroBytesIn(lo) + zeroBytesIn(hi);
      counts[classifyWord64(lo, hi, isPointer)]!++;
    }
  } else {
    for (let index = from; index < to; index++) {
      const word = words[index]!;
      zeroBytes += zeroBytesIn(word);
      counts[classifyWord32(word, isPointer)]!++;
    }
  }
  counts[zeroBytesIndex]! += zeroBytes;
}

/** Bytes of a 32-bit word that are zero, 0 to 4, without a branch per byte. */
function zeroBytesIn(word: number): number {
  if (word === 0) return 4;
  // The carry into a byte's top bit tells that its low seven bits are not all zero.
  const full = ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f);
  return ((full >>> 7) & 1) + ((full >>> 15) & 1) + ((full >>> 23) & 1) + (full >>> 31);
}

/** The picture's code for a stretch with these counts. */
export function cellOfCounts(counts: Float64Array): number {
  let most = 1;
  let nonZero = 0;
  for (let kind = 1; kind < wordKinds.length; kind++) {
    nonZero += counts[kind]!;
    if (counts[kind]! > counts[most]!) most = kind;
  }
  return cellCode(most, nonZero === 0 ? 0 : nonZero / (nonZero + counts[0]!));
}
