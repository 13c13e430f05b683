// What kind words are, sixteen at a time.
import {
  highest,
  hitEnd,
  hitStart,
  isFoundAgain,
  isPointer,
  lowest,
  smallLimit,
  textHalves,
  useRanges,
} from './word-kinds';

/** Words told at a time; a block of them is 64 or 128 bytes. */
export const blockWords: usize = 16;

let isSwapped: bool = false;
/** The range hit last, for two words at once: those behind the first and before the second point into it. */
let hitAfter: v128 = i64x2.splat(0);
let hitBefore: v128 = i64x2.splat(0);
/** In the same way the gap around small numbers. */
let smallAfter: v128 = i64x2.splat(0);
let smallBefore: v128 = i64x2.splat(0);
/** The gap around pairs of them, and what all ranges lie within: by upper halves alone, four words at once. */
let pairAfter: v128 = i32x4.splat(0);
let pairBefore: v128 = i32x4.splat(0);
let lowestHalf: v128 = i32x4.splat(0);
let highestHalf: v128 = i32x4.splat(0);

export function useWords(ranges: usize, count: usize, swapped: bool): void {
  isSwapped = swapped;
  useRanges(ranges, count);
  useHit();
  smallAfter = i64x2.splat(load<i64>(ranges, 16) - 1);
  smallBefore = i64x2.splat(load<i64>(ranges, 24));
  pairAfter = i32x4.splat(<i32>((load<i64>(ranges, 32) - 1) >> 32));
  pairBefore = i32x4.splat(<i32>(load<i64>(ranges, 40) >> 32));
  lowestHalf = i32x4.splat(<i32>(lowest >> 32));
  highestHalf = i32x4.splat(<i32>(highest >> 32));
}

function useHit(): void {
  hitAfter = i64x2.splat(hitStart - 1);
  hitBefore = i64x2.splat(hitEnd);
}

/** 16 bytes of words, in the processor's own order. */
function wordsAt<Word>(at: usize): v128 {
  const words = v128.load(at);
  if (!isSwapped) return words;
  if (sizeof<Word>() === 8) return v128.shuffle<u8>(words, words, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  return v128.shuffle<u8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Which of two words each lie between two others, in 32 bits each. */
function between(first: v128, second: v128, after: v128, before: v128): v128 {
  const one = v128.and(i64x2.gt_s(first, after), i64x2.lt_s(first, before));
  const other = v128.and(i64x2.gt_s(second, after), i64x2.lt_s(second, before));
  return v128.shuffle<i32>(one, other, 0, 2, 4, 6);
}

/** Beside a kind: unless the word points into a range that was not hit last. */
const openFlag: i32 = 0x80;

/** Kinds of four words, 32 bits each. */
function kindsOfFour<Word>(at: usize): v128 {
  let first = wordsAt<Word>(at);
  let second: v128;
  let low: v128;
  let high: v128;
  let text: v128;
  let offset: v128;
  if (sizeof<Word>() === 8) {
    second = wordsAt<Word>(at + 16);
    low = v128.shuffle<i32>(first, second, 0, 2, 4, 6);
    high = v128.shuffle<i32>(first, second, 1, 3, 5, 7);
    text = v128.and(textHalves(low), textHalves(high));
    offset = v128.or(i32x4.add(low, i32x4.splat(smallLimit)), i32x4.add(high, i32x4.splat(smallLimit)));
  } else {
    low = first;
    high = i32x4.splat(0);
    text = textHalves(low);
    offset = i32x4.add(low, i32x4.splat(smallLimit));
    first = i64x2.extend_low_i32x4_u(low);
    second = i64x2.extend_high_i32x4_u(low);
  }
  const zero = i32x4.eq(v128.or(low, high), i32x4.splat(0));
  let apart = v128.or(i32x4.lt_s(high, lowestHalf), i32x4.gt_s(high, highestHalf));
  apart = v128.or(apart, v128.and(i32x4.gt_s(high, pairAfter), i32x4.lt_s(high, pairBefore)));
  apart = v128.or(apart, between(first, second, smallAfter, smallBefore));
  // Small from below zero to above it: no bit is left further up.
  const isSmall = i32x4.eq(v128.and(offset, i32x4.splat(-2 * smallLimit)), i32x4.splat(0));
  let kinds = v128.bitselect(i32x4.splat(2), i32x4.splat(4), isSmall);
  kinds = v128.or(kinds, v128.andnot(i32x4.splat(openFlag), apart));
  kinds = v128.bitselect(i32x4.splat(1), kinds, between(first, second, hitAfter, hitBefore));
  kinds = v128.bitselect(i32x4.splat(3), kinds, text);
  return v128.andnot(kinds, zero);
}

/** Kinds of a block's words, one byte each. */
export function kindsOfBlock<Word>(at: usize, scratch: usize): v128 {
  const step: usize = 4 * sizeof<Word>();
  const half = i16x8.narrow_i32x4_s(kindsOfFour<Word>(at), kindsOfFour<Word>(at + step));
  const rest = i16x8.narrow_i32x4_s(kindsOfFour<Word>(at + 2 * step), kindsOfFour<Word>(at + 3 * step));
  const kinds = i8x16.narrow_i16x8_u(half, rest);
  const open = i8x16.bitmask(kinds);
  return open === 0 ? kinds : settled<Word>(kinds, open, at, scratch);
}

/** The kinds, once the open words were looked up one by one. */
function settled<Word>(kinds: v128, open: u32, at: usize, scratch: usize): v128 {
  v128.store(scratch, v128.andnot(kinds, i8x16.splat(<i8>openFlag)));
  for (; open !== 0; open &= open - 1) {
    const index = <usize>ctz(open);
    const word = load<Word>(at + index * sizeof<Word>());
    const value = <i64>(isSwapped ? bswap(word) : word);
    if (isFoundAgain(value) || isPointer(value)) store<u8>(scratch + index, 1);
  }
  useHit();
  return v128.load(scratch);
}

export function isZeroBlock<Word>(at: usize): bool {
  let any = v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)));
  if (sizeof<Word>() === 8) {
    any = v128.or(any, v128.or(v128.load(at, 64), v128.load(at, 80)));
    any = v128.or(any, v128.or(v128.load(at, 96), v128.load(at, 112)));
  }
  return !v128.any_true(any);
}
