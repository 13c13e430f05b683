import type { RequestRange } from '../allocator.ts';

const wordBytes = 8;
const sliceBytes = 1 << 16;
const mebibyte = 1 << 20;

/** Larger blocks have pages of their own in 2.x (MI_MEDIUM_OBJ_SIZE_MAX); in 3.x the bins go on. */
const largestShared = 128 << 10;

/** What 2.x rounds a page up to that is larger than this (MI_MEDIUM_PAGE_SIZE, in mi_segments_page_alloc). */
const mediumPageBytes = 512 << 10;

/** The bins of mimalloc src/page-queue.c: two words apart up to eight words, then four to each doubling. */
function buildBlockSizes(): number[] {
  const sizes = [wordBytes];
  for (let words = 2; words <= 8; words += 2) sizes.push(words * wordBytes);
  for (let base = 8 * wordBytes; base < mebibyte; base *= 2) {
    for (let step = 1; step <= 4; step += 1) sizes.push(base + (step * base) / 4);
  }
  return sizes;
}

const blockSizes = buildBlockSizes();

/** What large requests are rounded up to, at least a slice (_mi_os_good_alloc_size in src/os.c). */
function largeStep(size: number): number {
  if (size <= 2 * mebibyte) return sliceBytes;
  if (size <= 8 * mebibyte) return 4 * sliceBytes;
  return size <= 32 * mebibyte ? mebibyte : 4 * mebibyte;
}

/**
 * What a program may have asked for to get a block of so many bytes; null when nothing does. Builds with padding take
 * 8 bytes more.
 */
export function requestRangeOf(stride: number): RequestRange | null {
  const index = blockSizes.indexOf(stride);
  const above = index > 0 ? blockSizes[index - 1]! : -1;
  if (index >= 0 && stride <= largestShared) return { min: above + 1, max: stride };
  if (stride <= largestShared || (index < 0 && stride % sliceBytes !== 0)) return null;
  const inPages = stride > mediumPageBytes && stride % mediumPageBytes === 0 ? mediumPageBytes : 0;
  const rounded = Math.max(largestShared, stride - Math.max(inPages, largeStep(stride)));
  return { min: (index < 0 ? rounded : Math.min(above, rounded)) + 1, max: stride };
}
