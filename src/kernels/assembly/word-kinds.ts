// What kind each word is, counted by cell. Kinds are numbered as in model/cell-map.ts: zero, pointer, small integer,
// text, other.

/** Below this, either side of zero, a number is small: smallLimit of model/word-kind.ts. */
const smallLimit: i32 = 1 << 20;

/** As address-table.ts has them. */
const headerBytes: usize = 8;
const stretchBytes: usize = 24;
const partlyMapped: u32 = 2;

/** Which addresses are mapped: see address-table.ts beside this folder. */
let stretches: usize = 0;
let lowest: i64 = 0;
let highest: i64 = 0;
/** Ranges whose bounds are listed. */
let boundCount: usize = 0;
let starts: usize = 0;
let ends: usize = 0;

let isWide: bool = true;
let isSwapped: bool = false;

/** Counts of the last run of words; other words are what is left. */
let zeros: u32 = 0;
let pointers: u32 = 0;
let smalls: u32 = 0;
let texts: u32 = 0;

function use(ranges: usize, count: usize, wide: bool, swapped: bool): void {
  isWide = wide;
  isSwapped = swapped;
  useRanges(ranges, count);
}

export function useRanges(ranges: usize, count: usize): void {
  stretches = ranges + headerBytes;
  lowest = count > 0 ? load<i64>(stretches) : 0;
  highest = count > 0 ? load<i64>(stretches + (count - 1) * stretchBytes, 8) : 0;
  starts = load<u32>(ranges);
  boundCount = load<u32>(ranges, 4);
  ends = starts + (boundCount << 3);
}

function isPointer(value: i64): bool {
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

/** 32-bit halves in which all four bytes are text, or two UTF-16 code units of such. */
function textHalves(bytes: v128): v128 {
  const printable = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x20)), i8x16.splat(0x5e));
  const tabOrFeed = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(1));
  const text = v128.or(v128.or(printable, tabOrFeed), i8x16.eq(bytes, i8x16.splat(13)));
  const wideText = v128.bitselect(text, i8x16.eq(bytes, i8x16.splat(0)), i16x8.splat(0x00ff));
  const all = i8x16.splat(-1);
  return v128.or(i32x4.eq(text, all), i32x4.eq(wideText, all));
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

function countWide(at: usize, end: usize): void {
  const none = i64x2.splat(0);
  const all = i64x2.splat(-1);
  const low = i64x2.splat(lowest);
  const high = i64x2.splat(highest);
  let zeroCount = none;
  let textCount = none;
  let smallCount = none;
  let pointerCount: u32 = 0;
  for (; at < end; at += 16) {
    let words = v128.load(at);
    if (!v128.any_true(words)) {
      zeroCount = i64x2.sub(zeroCount, all);
      continue;
    }
    if (isSwapped) words = v128.shuffle<u8>(words, words, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    const zero = i64x2.eq(words, none);
    const text = i64x2.eq(textHalves(words), all);
    const known = v128.or(zero, text);
    const inReach = v128.andnot(v128.and(i64x2.ge_s(words, low), i64x2.lt_s(words, high)), known);
    let small = v128.andnot(i64x2.eq(smallHalves(words), all), known);
    if (v128.any_true(inReach)) {
      let pointer = none;
      if (i64x2.extract_lane(inReach, 0) !== 0 && isPointer(i64x2.extract_lane(words, 0))) {
        pointer = i64x2.replace_lane(pointer, 0, -1);
        pointerCount++;
      }
      if (i64x2.extract_lane(inReach, 1) !== 0 && isPointer(i64x2.extract_lane(words, 1))) {
        pointer = i64x2.replace_lane(pointer, 1, -1);
        pointerCount++;
      }
      small = v128.andnot(small, pointer);
    }
    zeroCount = i64x2.sub(zeroCount, zero);
    textCount = i64x2.sub(textCount, text);
    smallCount = i64x2.sub(smallCount, small);
  }
  zeros += sum64(zeroCount);
  texts += sum64(textCount);
  smalls += sum64(smallCount);
  pointers += pointerCount;
}

function sum64(counters: v128): u32 {
  return <u32>(i64x2.extract_lane(counters, 0) + i64x2.extract_lane(counters, 1));
}

function countNarrow(at: usize, end: usize): void {
  const none = i32x4.splat(0);
  const all = i32x4.splat(-1);
  let zeroCount = none;
  let textCount = none;
  let smallCount = none;
  let pointerCount: u32 = 0;
  for (; at < end; at += 16) {
    let words = v128.load(at);
    if (!v128.any_true(words)) {
      zeroCount = i32x4.sub(zeroCount, all);
      continue;
    }
    if (isSwapped) words = v128.shuffle<u8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    const zero = i32x4.eq(words, none);
    const text = textHalves(words);
    const known = v128.or(zero, text);
    let small = v128.andnot(smallHalves(words), known);
    let pointer = none;
    if (i32x4.extract_lane(known, 0) === 0 && isPointer(<i64>(<u32>i32x4.extract_lane(words, 0)))) {
      pointer = i32x4.replace_lane(pointer, 0, -1);
      pointerCount++;
    }
    if (i32x4.extract_lane(known, 1) === 0 && isPointer(<i64>(<u32>i32x4.extract_lane(words, 1)))) {
      pointer = i32x4.replace_lane(pointer, 1, -1);
      pointerCount++;
    }
    if (i32x4.extract_lane(known, 2) === 0 && isPointer(<i64>(<u32>i32x4.extract_lane(words, 2)))) {
      pointer = i32x4.replace_lane(pointer, 2, -1);
      pointerCount++;
    }
    if (i32x4.extract_lane(known, 3) === 0 && isPointer(<i64>(<u32>i32x4.extract_lane(words, 3)))) {
      pointer = i32x4.replace_lane(pointer, 3, -1);
      pointerCount++;
    }
    small = v128.andnot(small, pointer);
    zeroCount = i32x4.sub(zeroCount, zero);
    textCount = i32x4.sub(textCount, text);
    smallCount = i32x4.sub(smallCount, small);
  }
  zeros += sum32(zeroCount);
  texts += sum32(textCount);
  smalls += sum32(smallCount);
  pointers += pointerCount;
}

function sum32(counters: v128): u32 {
  return (
    i32x4.extract_lane(counters, 0) +
    i32x4.extract_lane(counters, 1) +
    i32x4.extract_lane(counters, 2) +
    i32x4.extract_lane(counters, 3)
  );
}

/** Counts the words of `bytes` bytes, which are a multiple of 16, or 8: those go through `scratch`. */
function count(at: usize, bytes: usize, scratch: usize): void {
  zeros = 0;
  pointers = 0;
  smalls = 0;
  texts = 0;
  if (bytes < 16) {
    store<u64>(scratch, load<u64>(at));
    store<u64>(scratch, 0, 8);
    if (isWide) countWide(scratch, scratch + 16);
    else countNarrow(scratch, scratch + 16);
    zeros -= isWide ? 1 : 2;
  } else if (isWide) countWide(at, at + bytes);
  else countNarrow(at, at + bytes);
}

const sameFlag: u32 = 0x80000000;

/** Kinds counted per page. */
const kinds: usize = 5;

/** See ScanKernels.kindCounts. */
export function kindCounts(
  current: usize,
  pageBytes: usize,
  pages: usize,
  facts: usize,
  counts: usize,
  countsBefore: usize,
  ranges: usize,
  rangeCount: usize,
  wide: bool,
  swapped: bool,
): void {
  use(ranges, rangeCount, wide, swapped);
  const words = <u32>(pageBytes >>> (wide ? 3 : 2));
  for (let page: usize = 0; page < pages; page++) {
    const fact = load<u32>(facts + (page << 2));
    const target = counts + page * kinds * 4;
    if ((fact & sameFlag) !== 0) {
      memory.copy(target, countsBefore + page * kinds * 4, kinds * 4);
      continue;
    }
    if (fact === <u32>pageBytes) {
      memory.fill(target, 0, kinds * 4);
      store<u32>(target, words);
      continue;
    }
    count(current + page * pageBytes, pageBytes, 0);
    store<u32>(target, zeros);
    store<u32>(target, pointers, 4);
    store<u32>(target, smalls, 8);
    store<u32>(target, texts, 12);
    store<u32>(target, words - zeros - pointers - smalls - texts, 16);
  }
}

/** See ScanKernels.kindCells. */
export function kindCells(
  current: usize,
  pageBytes: usize,
  pages: usize,
  facts: usize,
  codes: usize,
  codesBefore: usize,
  cellBytes: usize,
  scratch: usize,
  ranges: usize,
  rangeCount: usize,
  wide: bool,
  swapped: bool,
): void {
  use(ranges, rangeCount, wide, swapped);
  const words = <u32>(cellBytes >>> (wide ? 3 : 2));
  const cells = pageBytes / cellBytes;
  for (let page: usize = 0; page < pages; page++) {
    const fact = load<u32>(facts + (page << 2));
    const target = codes + page * cells;
    if ((fact & sameFlag) !== 0) {
      memory.copy(target, codesBefore + page * cells, cells);
      continue;
    }
    if (fact === <u32>pageBytes) {
      memory.fill(target, 0, cells);
      continue;
    }
    let at = current + page * pageBytes;
    if (words === 1) {
      codesOfWords(at, cells, target);
      continue;
    }
    for (let cell: usize = 0; cell < cells; cell++, at += cellBytes) {
      count(at, cellBytes, scratch);
      store<u8>(target + cell, cellCode(words));
    }
  }
}

/** Cells of a single word, which is a wide one; their number is even. What is not zero fills its cell. */
function codesOfWords(at: usize, cells: usize, target: usize): void {
  for (let cell: usize = 0; cell < cells; cell += 2, at += 16) {
    if (!v128.any_true(v128.load(at))) {
      store<u16>(target + cell, 0);
      continue;
    }
    store<u8>(target + cell, codeOfWord(at));
    store<u8>(target + cell, codeOfWord(at + 8), 1);
  }
}

function codeOfWord(at: usize): u8 {
  const value = load<i64>(at);
  const kind = kindOfValue(isSwapped ? bswap<i64>(value) : value, true);
  return kind === 0 ? 0 : <u8>((kind << 5) | 31);
}

/** As cellOfCounts and cellCode have it: the commonest kind that is not zero, and the share of words that are not. */
function cellCode(words: u32): u8 {
  const filled = words - zeros;
  if (filled === 0) return 0;
  const others = filled - pointers - smalls - texts;
  let kind: u32 = 1;
  let most = pointers;
  if (smalls > most) {
    kind = 2;
    most = smalls;
  }
  if (texts > most) {
    kind = 3;
    most = texts;
  }
  if (others > most) kind = 4;
  const step = <u32>Math.floor(Math.sqrt(<f64>filled / <f64>words) * 31 + 0.5);
  return <u8>((kind << 5) | max(step, 1));
}
