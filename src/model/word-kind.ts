import type { Address, PointerSize } from './address.ts';
import { wordKinds } from './cell-map.ts';
import { columnsOf, type Interval } from './intervals.ts';
import type { List } from './list.ts';

/**
 * What a word is, told from its value alone. Words come as unsigned 32-bit halves (the low one first, already in the
 * process's byte order), so that a scan over gigabytes needs neither bigint nor rounding.
 */

const smallLimit = 0x10_0000;
const negativeSmall = 0x1_0000_0000 - smallLimit;

const zeroKind = wordKinds.indexOf('zero');
const pointerKind = wordKinds.indexOf('pointer');
const smallIntegerKind = wordKinds.indexOf('small-integer');
const textKind = wordKinds.indexOf('text');
const otherKind = wordKinds.indexOf('other');

/** Whether a pointer-sized value is an address that is mapped. */
export type PointerTest = (value: Address) => boolean;

function isSmallHalf(half: number): boolean {
  return half < smallLimit || half >= negativeSmall;
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Whether all four bytes are printable ASCII or white space, or two UTF-16 code units of such. */
export function isTextHalf(half: number): boolean {
  if (!isTextByte(half & 0xff) || !isTextByte((half >>> 16) & 0xff)) return false;
  const second = (half >>> 8) & 0xff;
  const fourth = half >>> 24;
  if (second === 0 && fourth === 0) return true;
  return isTextByte(second) && isTextByte(fourth);
}

/**
 * Whether all eight bytes are text, ASCII or UTF-16. Such a value is never a canonical address, so in 64-bit dumps it
 * does not matter whether this or the pointer test comes first.
 */
export function isTextWord(lo: number, hi: number): boolean {
  return isTextHalf(lo) && isTextHalf(hi);
}

/**
 * A number of ordinary size (below 2^20 either side of zero), or two 32-bit ones of that kind side by side. Sizes,
 * lengths, counts, flags and heap headers fall in here. True for zero too.
 */
function isSmallInteger(lo: number, hi: number): boolean {
  return isSmallHalf(lo) && isSmallHalf(hi);
}

/** Kind of an 8-byte word: index in wordKinds. */
export function classifyWord64(lo: number, hi: number, isPointer: PointerTest): number {
  if (lo === 0 && hi === 0) return zeroKind;
  if (isTextWord(lo, hi)) return textKind;
  if (isPointer((hi | 0) * 0x1_0000_0000 + lo)) return pointerKind;
  return isSmallInteger(lo, hi) ? smallIntegerKind : otherKind;
}

/**
 * Kind of a 4-byte word: index in wordKinds. Text comes first: the heaps of 32-bit Windows stand where UTF-16 text
 * would point to (0x00620061), while few pointers have only printable bytes.
 */
export function classifyWord32(word: number, isPointer: PointerTest): number {
  if (word === 0) return zeroKind;
  if (isTextHalf(word)) return textKind;
  if (isPointer(word)) return pointerKind;
  return isSmallHalf(word) ? smallIntegerKind : otherKind;
}

/** Kind of the pointer-sized word at `offset` of `bytes`: index in wordKinds. */
export function classifyWordAt(
  bytes: DataView,
  offset: number,
  options: { readonly pointerSize: PointerSize; readonly littleEndian: boolean; readonly isPointer: PointerTest },
): number {
  const first = bytes.getUint32(offset, options.littleEndian);
  if (options.pointerSize === 4) return classifyWord32(first, options.isPointer);
  const second = bytes.getUint32(offset + 4, options.littleEndian);
  return options.littleEndian
    ? classifyWord64(first, second, options.isPointer)
    : classifyWord64(second, first, options.isPointer);
}

/** Tests addresses against the given ranges (sorted by start, not overlapping): those of a dump's regions. */
export function pointsInto(ranges: List<Interval>): PointerTest {
  const [starts, ends] = columnsOf(ranges);
  // The last hit is kept: most words near each other point near each other, or nowhere.
  const lowest = starts[0] ?? 0;
  const highest = ends[ends.length - 1] ?? 0;
  let last = 0;
  return (value) => {
    if (value < lowest || value >= highest) return false;
    if (value >= starts[last]! && value < ends[last]!) return true;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || value >= ends[low - 1]!) return false;
    last = low - 1;
    return true;
  };
}
