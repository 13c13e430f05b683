// What kind a word is. Kinds are numbered as in model/cell-map.ts: zero, pointer, small integer,
// text, other.

/** Below this, either side of zero, a number is small: smallLimit of model/word-kind.ts. */
export const smallLimit: i32 = 1 << 20;

/** As address-table.ts has them. */
const headerBytes: usize = 48;
const stretchBytes: usize = 32;
const partlyMapped: u32 = 2;
/** Binary logarithm of a group's granules. */
const groupShift: usize = 3;

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
  const granule = <usize>((value - start) >>> load<u32>(stretch, 20));
  const code = load<u8>(load<u32>(stretch, 16) + granule);
  if (code !== partlyMapped) return code !== 0;
  return isWithinBounds(value, load<u32>(stretch, 24) + ((granule >>> groupShift) << 2));
}

/** @param group where it is told of the group that holds the value */
function isWithinBounds(value: i64, group: usize): bool {
  let low = <usize>load<u32>(group);
  let high = <usize>load<u32>(group, 4);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<i64>(ends + (middle << 3)) <= value) low = middle + 1;
    else high = middle;
  }
  return low < boundCount && load<i64>(starts + (low << 3)) <= value;
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

/** Of bytes below 16: all bits where it is text, a lone one for zero. */
const lowBytes = i8x16(1, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, -1, 0, 0);

/** 32-bit halves in which all four bytes are text, or two UTF-16 code units of such. */
export function textHalves(bytes: v128): v128 {
  const printable = v128.andnot(i8x16.gt_s(bytes, i8x16.splat(0x1f)), i8x16.eq(bytes, i8x16.splat(0x7f)));
  const text = v128.or(printable, i8x16.swizzle(lowBytes, bytes));
  return v128.or(i32x4.eq(text, i8x16.splat(-1)), i32x4.eq(text, i32x4.splat(0x01ff01ff)));
}

/** Whether one word is text. */
export function isTextual(at: usize, wide: bool): bool {
  return isTextValue(v128.load64_splat(at), wide);
}

function isTextValue(halves: v128, wide: bool): bool {
  const text = textHalves(halves);
  return i32x4.extract_lane(text, 0) !== 0 && (!wide || i32x4.extract_lane(text, 1) !== 0);
}
