// What became of each page of a window: the zero bytes in it, and whether it is the same as in the dump before.

/** Bytes compared between two looks at whether they differ. */
const stride: usize = 128;
/** Vectors that a counter of one byte a lane can take before it runs over. */
const fullCounters: usize = 255 * 16;

const sameFlag: u32 = 0x80000000;

/**
 * See ScanKernels.comparePages. A page that did not change has the zero bytes of the page before: each byte is looked
 * at once, apart from those that a changed page has in front of the first difference.
 */
export function comparePages(
  current: usize,
  before: usize,
  pageBytes: usize,
  pages: usize,
  facts: usize,
  factsBefore: usize,
): void {
  for (let page: usize = 0; page < pages; page++) {
    const at = current + page * pageBytes;
    const fact = facts + (page << 2);
    if (before !== 0 && isSame(at, before + page * pageBytes, pageBytes)) {
      store<u32>(fact, load<u32>(factsBefore + (page << 2)) | sameFlag);
    } else {
      store<u32>(fact, <u32>zeroBytes(at, pageBytes));
    }
  }
}

function isSame(left: usize, right: usize, bytes: usize): bool {
  const end = left + bytes;
  for (; left < end; left += stride, right += stride) {
    let difference = v128.xor(v128.load(left), v128.load(right));
    difference = v128.or(difference, v128.xor(v128.load(left, 16), v128.load(right, 16)));
    difference = v128.or(difference, v128.xor(v128.load(left, 32), v128.load(right, 32)));
    difference = v128.or(difference, v128.xor(v128.load(left, 48), v128.load(right, 48)));
    difference = v128.or(difference, v128.xor(v128.load(left, 64), v128.load(right, 64)));
    difference = v128.or(difference, v128.xor(v128.load(left, 80), v128.load(right, 80)));
    difference = v128.or(difference, v128.xor(v128.load(left, 96), v128.load(right, 96)));
    difference = v128.or(difference, v128.xor(v128.load(left, 112), v128.load(right, 112)));
    if (v128.any_true(difference)) return false;
  }
  return true;
}

function zeroBytes(at: usize, bytes: usize): usize {
  const zero = i8x16.splat(0);
  const end = at + bytes;
  let sum = i64x2.splat(0);
  while (at < end) {
    // Four counters side by side: a single one would wait for itself.
    let first = zero;
    let second = zero;
    let third = zero;
    let fourth = zero;
    const stop = min(end, at + 4 * fullCounters);
    for (; at < stop; at += 64) {
      first = i8x16.sub(first, i8x16.eq(v128.load(at), zero));
      second = i8x16.sub(second, i8x16.eq(v128.load(at, 16), zero));
      third = i8x16.sub(third, i8x16.eq(v128.load(at, 32), zero));
      fourth = i8x16.sub(fourth, i8x16.eq(v128.load(at, 48), zero));
    }
    sum = i64x2.add(
      sum,
      i64x2.add(i64x2.add(widened(first), widened(second)), i64x2.add(widened(third), widened(fourth))),
    );
  }
  return <usize>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
}

/** The sum of sixteen counters, in two halves. */
function widened(counters: v128): v128 {
  const words = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counters));
  return i64x2.add(i64x2.extend_low_i32x4_u(words), i64x2.extend_high_i32x4_u(words));
}
