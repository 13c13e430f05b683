// What kind a word is. Kinds are numbered as in model/cell-map.ts: zero, pointer, small integer,
// text, other.

/** Below this, either side of zero, a number is small: smallLimit of model/word-kind.ts. */
export const smallLimit: i32 = 1 << 20;

/** As address-table.ts has them. */
const headerBytes: usize = 16;
const stretchBytes: usize = 24;
const partlyMapped: u32 = 2;

/** Which addresses are mapped: see address-table.ts beside this folder. */
let stretches: usize = 0;
let stretchesEnd: usize = 0;
export let lowest: i64 = 0;
export let highest: i64 = 0;
/** Ranges whose bounds are listed. */
let boundCount: usize = 0;
let starts: usize = 0;
let ends: usize = 0;
let wides: usize = 0;
let widesEnd: usize = 0;
/** The wide range hit last: most words near each other point near each other. Empty where none is wide. */
export let hitStart: i64 = 0;
export let hitEnd: i64 = 0;

export function useRanges(ranges: usize, count: usize): void {
  stretches = ranges + headerBytes;
  stretchesEnd = stretches + count * stretchBytes;
  lowest = count > 0 ? load<i64>(stretches) : 0;
  highest = count > 0 ? load<i64>(stretchesEnd - stretchBytes, 8) : 0;
  starts = load<u32>(ranges);
  boundCount = load<u32>(ranges, 4);
  ends = starts + (boundCount << 3);
  wides = load<u32>(ranges, 8);
  widesEnd = wides + ((<usize>load<u32>(ranges, 12)) << 4);
  const isAnyWide = wides < widesEnd;
  hitStart = isAnyWide ? load<i64>(wides) : 0;
  hitEnd = isAnyWide ? load<i64>(wides, 8) : 0;
}

export function isPointer(value: i64): bool {
  if (value < lowest || value >= highest) return false;
  let stretch = stretches;
  while (value >= load<i64>(stretch, 8)) stretch += stretchBytes;
  const start = load<i64>(stretch);
  if (value < start) return false;
  const code = load<u8>(load<u32>(stretch, 16) + <usize>((value - start) >>> load<u32>(stretch, 20)));
  return code === partlyMapped ? isWithinBounds(value) : code !== 0;
}

function isWithinBounds(value: i64): bool {
  let low: usize = 0;
  let high = boundCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<i64>(starts + (middle << 3)) <= value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value < load<i64>(ends + ((low - 1) << 3));
}

/** Takes the wide range that holds the pointer as the one hit last, if one does. */
export function noteHit(pointer: i64): void {
  for (let wide = wides; wide < widesEnd; wide += 16) {
    if (pointer < load<i64>(wide) || pointer >= load<i64>(wide, 8)) continue;
    hitStart = load<i64>(wide);
    hitEnd = load<i64>(wide, 8);
    return;
  }
}

/** Where nothing is mapped around the value asked for last; empty where something may be. */
export let gapStart: i64 = 0;
export let gapEnd: i64 = 0;

export function noteGap(value: i64): void {
  gapStart = i64.MIN_VALUE + 1;
  gapEnd = i64.MAX_VALUE;
  for (let stretch = stretches; stretch < stretchesEnd; stretch += stretchBytes) {
    if (value < load<i64>(stretch)) {
      gapEnd = load<i64>(stretch);
      return;
    }
    gapStart = load<i64>(stretch, 8);
    if (value < gapStart) {
      gapEnd = gapStart;
      return;
    }
  }
}

/** Of bytes below 16: all bits where it is text, a lone one for zero. */
const lowBytes = i8x16(1, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, -1, 0, 0);

/** 32-bit halves in which all four bytes are text, or two UTF-16 code units of such. */
export function textHalves(bytes: v128): v128 {
  const printable = v128.andnot(i8x16.gt_s(bytes, i8x16.splat(0x1f)), i8x16.eq(bytes, i8x16.splat(0x7f)));
  const text = v128.or(printable, i8x16.swizzle(lowBytes, bytes));
  return v128.or(i32x4.eq(text, i8x16.splat(-1)), i32x4.eq(text, i32x4.splat(0x01ff01ff)));
}

function smallHalves(halves: v128): v128 {
  return i32x4.lt_u(i32x4.add(halves, i32x4.splat(smallLimit)), i32x4.splat(2 * smallLimit));
}

/** Whether one word is text. */
export function isTextual(at: usize, wide: bool): bool {
  return isTextValue(v128.load64_splat(at), wide);
}

function isTextValue(halves: v128, wide: bool): bool {
  const text = textHalves(halves);
  return i32x4.extract_lane(text, 0) !== 0 && (!wide || i32x4.extract_lane(text, 1) !== 0);
}

/** Kind of one word; the bytes stand in the processor's own order. */
export function kindOf(at: usize, wide: bool): u32 {
  return kindOfValue(wide ? load<i64>(at) : <i64>load<u32>(at), wide);
}

function kindOfValue(value: i64, wide: bool): u32 {
  if (value === 0) return 0;
  if (isTextValue(i64x2.splat(value), wide)) return 3;
  if (isPointer(value)) return 1;
  const low = <u32>value + smallLimit < 2 * smallLimit;
  const high = <u32>(value >>> 32) + smallLimit < 2 * smallLimit;
  return low && (!wide || high) ? 2 : 4;
}

/** Kinds of two words of 8 bytes, each in a lane of 64 bits. */
export function kindsOfWide(words: v128): v128 {
  const zero = i64x2.eq(words, i64x2.splat(0));
  const known = v128.or(zero, i64x2.eq(textHalves(words), i64x2.splat(-1)));
  const inReach = v128.andnot(
    v128.and(i64x2.ge_s(words, i64x2.splat(lowest)), i64x2.lt_s(words, i64x2.splat(highest))),
    known,
  );
  const small = i64x2.eq(smallHalves(words), i64x2.splat(-1));
  let kinds = v128.bitselect(i64x2.splat(2), i64x2.splat(4), small);
  if (v128.any_true(inReach)) {
    if (i64x2.extract_lane(inReach, 0) !== 0 && isPointer(i64x2.extract_lane(words, 0))) {
      kinds = i64x2.replace_lane(kinds, 0, 1);
    }
    if (i64x2.extract_lane(inReach, 1) !== 0 && isPointer(i64x2.extract_lane(words, 1))) {
      kinds = i64x2.replace_lane(kinds, 1, 1);
    }
  }
  return v128.andnot(v128.bitselect(i64x2.splat(3), kinds, known), zero);
}
