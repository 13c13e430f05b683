import type { RequestRange } from '../allocator.ts';

const wordBytes = 8;
const sliceBytes = 1 << 16;

/** Blocks up to this size share a page; larger ones have one of their own (MI_MEDIUM_OBJ_SIZE_MAX). */
export const largestShared = 128 << 10;

/** The bins of mimalloc src/page-queue.c: two words apart up to eight words, then four to each doubling. */
function buildBlockSizes(): number[] {
  const sizes = [wordBytes];
  for (let words = 2; words <= 8; words += 2) sizes.push(words * wordBytes);
  for (let base = 8 * wordBytes; base < largestShared; base *= 2) {
    for (let step = 1; step <= 4; step += 1) sizes.push(base + (step * base) / 4);
  }
  return sizes;
}

const blockSizes = buildBlockSizes();

/**
 * What a program may have asked for to get a block of so many bytes; null when no bin has them. Builds with padding
 * take 8 bytes more.
 */
export function requestRangeOf(stride: number): RequestRange | null {
  const index = blockSizes.indexOf(stride);
  if (index >= 0) return { min: index === 0 ? 0 : blockSizes[index - 1]! + 1, max: stride };
  if (stride <= largestShared || stride % sliceBytes !== 0) return null;
  return { min: Math.max(largestShared, stride - sliceBytes) + 1, max: stride };
}
