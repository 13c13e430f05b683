// What kind a word is. Kinds are numbered as in model/cell-map.ts: zero, pointer, small integer,
// text, other.

/** Below this, either side of zero, a number is small: smallLimit of model/word-kind.ts. */
export const smallLimit: i32 = 1 << 20;

/** As address-table.ts has them. */
const headerBytes: usize = 48;
const slotCount: usize = 1024;
/** Binary logarithms of a slot's bytes, and of the addresses that share one. */
const slotShift: usize = 4;
const slotGranule: i64 = 16;
const stretchBytes: usize = 32;
const partlyMapped: u32 = 2;
/** Binary logarithm of a group's granules. */
const groupShift: usize = 3;

/** Which addresses are mapped: see address-table.ts beside this folder. */
let slots: usize = 0;
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
/** What is mapped without a gap around the address that was last looked up, or a part of that. */
let foundStart: i64 = 0;
let foundEnd: i64 = 0;

export function useRanges(ranges: usize, count: usize): void {
  slots = ranges + headerBytes;
  stretches = slots + (slotCount << slotShift);
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

function slotOf(value: i64): usize {
  return slots + ((<usize>(value >>> slotGranule) & (slotCount - 1)) << slotShift);
}

/**
 * Whether the value leads where a pointer led before: those of a scattered heap lead into the same few of its thousands of
 * ranges again and again.
 */
export function isFoundAgain(value: i64): bool {
  const slot = slotOf(value);
  return value >= load<i64>(slot) && value < load<i64>(slot, 8);
}

/** Whether the value leads into memory that is mapped. */
export function isPointer(value: i64): bool {
  if (!isMapped(value)) return false;
  // What a wide range holds is told several at a time.
  if (noteHit(value)) return true;
  const slot = slotOf(value);
  store<i64>(slot, foundStart);
  store<i64>(slot, foundEnd, 8);
  return true;
}

function isMapped(value: i64): bool {
  if (value < lowest || value >= highest) return false;
  let stretch = stretches;
  while (value >= load<i64>(stretch, 8)) stretch += stretchBytes;
  const start = load<i64>(stretch);
  if (value < start) return false;
  const shift = <i64>load<u32>(stretch, 20);
  const granule = <usize>((value - start) >>> shift);
  const code = load<u8>(load<u32>(stretch, 16) + granule);
  if (code !== partlyMapped) {
    foundStart = start + ((<i64>granule) << shift);
    foundEnd = foundStart + ((<i64>1) << shift);
    return code !== 0;
  }
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
  if (low >= boundCount) return false;
  foundStart = load<i64>(starts + (low << 3));
  foundEnd = load<i64>(ends + (low << 3));
  return foundStart <= value;
}

/** Takes the wide range that holds the pointer as the one hit last, if one does. */
function noteHit(pointer: i64): bool {
  for (let wide = wides; wide < widesEnd; wide += 16) {
    if (pointer < load<i64>(wide) || pointer >= load<i64>(wide, 8)) continue;
    hitStart = load<i64>(wide);
    hitEnd = load<i64>(wide, 8);
    return true;
  }
  return false;
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
