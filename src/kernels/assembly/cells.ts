// The kinds of all words of pages, counted by page and by cell.
import { blockWords, isZeroBlock, kindsOfBlock, useWords } from './word-blocks';

/**
 * How many words of whole blocks, 65535 at most, are of each kind but the last: 16 bits each, zeros lowest. Others are
 * what is left.
 */
function countWords<Word>(at: usize, bytes: usize, scratch: usize): u64 {
  const end = at + bytes;
  let counts: u64 = 0;
  for (; at < end; at += blockWords * sizeof<Word>()) {
    counts += isZeroBlock<Word>(at) ? <u64>blockWords : countsIn(kindsOfBlock<Word>(at, scratch), 0xffff);
  }
  return counts;
}

/** The same of those words of a block that the mask has bits for. */
function countsIn(kinds: v128, mask: u32): u64 {
  return (
    countOf(0, kinds, mask) |
    (countOf(1, kinds, mask) << 16) |
    (countOf(2, kinds, mask) << 32) |
    (countOf(3, kinds, mask) << 48)
  );
}

function countOf(kind: i8, kinds: v128, mask: u32): u64 {
  return <u64>popcnt(i8x16.bitmask(i8x16.eq(kinds, i8x16.splat(kind))) & mask);
}

function countAt(counts: u64, kind: u32): u32 {
  return <u32>(counts >>> (kind << 4)) & 0xffff;
}

const sameFlag: u32 = 0x80000000;

/** Kinds counted per page. */
const kindCount: usize = 5;

/** See PageKernels.kindCounts. */
export function kindCounts(
  current: usize,
  pageBytes: usize,
  pages: usize,
  facts: usize,
  counts: usize,
  countsBefore: usize,
  scratch: usize,
  ranges: usize,
  rangeCount: usize,
  wide: bool,
  swapped: bool,
): void {
  useWords(ranges, rangeCount, swapped);
  const words = <u32>(pageBytes >>> (wide ? 3 : 2));
  for (let page: usize = 0; page < pages; page++) {
    const fact = load<u32>(facts + (page << 2));
    const target = counts + page * kindCount * 4;
    if ((fact & sameFlag) !== 0) {
      memory.copy(target, countsBefore + page * kindCount * 4, kindCount * 4);
      continue;
    }
    if (fact === <u32>pageBytes) {
      memory.fill(target, 0, kindCount * 4);
      store<u32>(target, words);
      continue;
    }
    const at = current + page * pageBytes;
    const counted = wide ? countWords<u64>(at, pageBytes, scratch) : countWords<u32>(at, pageBytes, scratch);
    let others = words;
    for (let kind: u32 = 0; kind < 4; kind++) {
      const count = countAt(counted, kind);
      store<u32>(target + (kind << 2), count);
      others -= count;
    }
    store<u32>(target, others, 16);
  }
}

/** See PageKernels.kindCells. */
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
  useWords(ranges, rangeCount, swapped);
  const cells = pageBytes / cellBytes;
  useSteps(<u32>(cellBytes >>> (wide ? 3 : 2)), scratch + 16);
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
    const at = current + page * pageBytes;
    if (wide) codesOfPage<u64>(at, pageBytes, cellBytes, target, scratch);
    else codesOfPage<u32>(at, pageBytes, cellBytes, target, scratch);
  }
}

function codesOfPage<Word>(at: usize, pageBytes: usize, cellBytes: usize, target: usize, scratch: usize): void {
  const end = at + pageBytes;
  const words = cellBytes / sizeof<Word>();
  if (words >= blockWords) {
    for (; at < end; at += cellBytes, target++) {
      store<u8>(target, cellCode(<u32>words, countWords<Word>(at, cellBytes, scratch)));
    }
    return;
  }
  const cells = blockWords / words;
  for (; at < end; at += blockWords * sizeof<Word>(), target += cells) {
    if (isZeroBlock<Word>(at)) memory.fill(target, 0, cells);
    else {
      const kinds = kindsOfBlock<Word>(at, scratch);
      if (words === 1) v128.store(target, codesOfWords(kinds));
      else codesOfBlock(kinds, <u32>words, target);
    }
  }
}

/** Cells of a single word: what is not zero fills its cell. */
function codesOfWords(kinds: v128): v128 {
  const full = v128.or(i8x16.shl(kinds, 5), i8x16.splat(31));
  return v128.andnot(full, i8x16.eq(kinds, i8x16.splat(0)));
}

/** Cells of several words each. */
function codesOfBlock(kinds: v128, words: u32, target: usize): void {
  let mask: u32 = (1 << words) - 1;
  for (; mask <= 0xffff; mask <<= words, target++) store<u8>(target, cellCode(words, countsIn(kinds, mask)));
}

/** Steps of fill by the words of a cell that are not zero: taking a root takes longer than telling the words. */
let steps: usize = 0;
let wordsOfSteps: u32 = 0;

function useSteps(words: u32, place: usize): void {
  if (words === wordsOfSteps && place === steps) return;
  steps = place;
  wordsOfSteps = words;
  for (let filled: u32 = 0; filled <= words; filled++) {
    const step = <u32>(Math.sqrt(<f64>filled / <f64>words) * 31 + 0.5);
    store<u8>(place + filled, max(step, 1));
  }
}

/** As cellOfCounts and cellCode have it: the commonest kind that is not zero, and the share of words that are not. */
function cellCode(words: u32, counts: u64): u8 {
  const pointers = countAt(counts, 1);
  const smalls = countAt(counts, 2);
  const texts = countAt(counts, 3);
  const filled = words - countAt(counts, 0);
  const others = filled - pointers - smalls - texts;
  // Without branches, for which kind leads changes from cell to cell. Of two that are as common, the first one leads.
  const most = max(max((pointers << 2) | 3, (smalls << 2) | 2), max((texts << 2) | 1, others << 2));
  const kind = 4 - (most & 3);
  return <u8>select<u32>((kind << 5) | load<u8>(steps + filled), 0, filled > 0);
}
