import type { Dump } from '../../model/dump.ts';
import type { RequestRange } from '../allocator.ts';

/** DEFAULT_MMAP_THRESHOLD_MIN: from here on a request may get a mapping of its own. */
const mmapThreshold = 128 << 10;

/**
 * The requests whose chunk is `stride` bytes by request2size and sysmalloc of glibc malloc/malloc.c; null when no
 * chunk has that size.
 *
 * Not in the range: now and then a request gets a chunk one alignment unit larger, when what would be left of a free
 * block is too small to stand alone; such blocks show under the next stride.
 *
 * Page multiples of 128 KiB and more may be mapped chunks (rounded up to pages) or chunks of a heap (rounded up to
 * the alignment). The first range is one page wide and the second follows it without a gap, so both are given as one.
 */
export function requestRange(stride: number, dump: Dump): RequestRange | null {
  const { pointerSize: word, pageSize } = dump;
  const smallest = 4 * word;
  if (stride < smallest || stride % (2 * word) !== 0) return null;
  const max = stride - word;
  if (stride === smallest) return { min: 0, max };
  const step = alignmentOf(stride, dump);
  if (stride - step < smallest) return { min: smallest - word + 1, max };
  if (stride % pageSize !== 0 || stride < mmapThreshold) return { min: max - step + 1, max };
  return { min: smallestMapped(stride, step, dump), max };
}

/**
 * When what would be left of a free block is smaller than the smallest chunk, malloc gives it along: one alignment unit
 * more (_int_malloc, "remainder_size < MINSIZE").
 */
export function otherStrides(stride: number, dump: Dump): readonly number[] {
  const step = alignmentOf(stride, dump);
  return step < 4 * dump.pointerSize ? [stride + step] : [];
}

/** A 32-bit x86 aligns to 16 bytes since glibc 2.26 and to 8 before: a stride that fits both is read as 16. */
function alignmentOf(stride: number, { pointerSize, architecture }: Dump): number {
  if (pointerSize === 8) return 16;
  return stride % 16 === 0 && (architecture === 'x86' || architecture === 'x64') ? 16 : 8;
}

/** sysmalloc maps the padded request, a word and what alignment may cost, rounded up to pages. */
function smallestMapped(stride: number, step: number, { pointerSize: word, pageSize }: Dump): number {
  const extra = step === 2 * word ? word : word + step - 1;
  const largestTooSmall = stride - pageSize - extra;
  const smallestPadded = (Math.floor(largestTooSmall / step) + 1) * step;
  return smallestPadded - word - step + 1;
}
