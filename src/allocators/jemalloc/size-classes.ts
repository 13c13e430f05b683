import type { RequestRange } from '../allocator.ts';

/**
 * Size classes of jemalloc: a few multiples of the quantum, then four to each doubling
 * (jemalloc include/jemalloc/internal/sc.h).
 */
export interface SizeClasses {
  /** log2 of the smallest spacing: 4 unless built with --with-lg-quantum=3, as Redis does. */
  readonly lgQuantum: number;
  /** Bytes, by size index. Cut where sizes exceed any address space. */
  readonly sizes: readonly number[];
  /** SC_NSIZES: how many there are, uncut; the index that extents without a class carry. */
  readonly count: number;
}

/** What follows from the page size that jemalloc was built for, which is not always the system's. */
export interface PageSize {
  readonly bytes: number;
  /** Slab regions are smaller than this; what is larger gets an extent of its own (SC_LARGE_MINCLASS). */
  readonly smallestLarge: number;
  /** Added to large extents so that they can start at a random cache line (sz_large_pad, on by default). */
  readonly largePad: number;
  /** Regions of a slab at most (SC_SLAB_MAXREGS). */
  readonly mostRegions: number;
}

/** Debian builds it for pages of 64 KiB on ARM; Apple's and some LoongArch systems have pages of 16 KiB. */
export const pageSizes: readonly PageSize[] = [4096, 16384, 65536].map((bytes) => ({
  bytes,
  smallestLarge: 4 * bytes,
  largePad: bytes,
  mostRegions: bytes / 8,
}));

const lgLargestSize = 47;

function buildSizeClasses(lgQuantum: number): SizeClasses {
  const sizes: number[] = [];
  for (let lg = 3; lg < lgQuantum; lg += 1) sizes.push(2 ** lg);
  for (let step = 1; step <= 4; step += 1) sizes.push(step * 2 ** lgQuantum);
  for (let lg = lgQuantum + 2; lg < lgLargestSize; lg += 1) {
    for (let step = 1; step <= 4; step += 1) sizes.push(2 ** lg + step * 2 ** (lg - 2));
  }
  // The uncut series ends at 7 << 60, the largest class below PTRDIFF_MAX.
  const count = Math.max(0, lgQuantum - 3) + 4 + (62 - lgQuantum - 2) * 4 + 3;
  return { lgQuantum, sizes, count };
}

export const defaultSizeClasses = buildSizeClasses(4);

/** Every spacing that builds use. */
export const knownSizeClasses: readonly SizeClasses[] = [defaultSizeClasses, buildSizeClasses(3)];

/** What a program may have asked for to get a block of so many bytes; null when no class has them. */
export function requestRangeOf(stride: number, { smallestLarge, largePad }: PageSize): RequestRange | null {
  for (const { sizes } of knownSizeClasses) {
    const padded = stride - largePad >= smallestLarge ? sizes.indexOf(stride - largePad) : -1;
    const index = padded >= 0 ? padded : sizes.indexOf(stride);
    if (index >= 0) return { min: index === 0 ? 0 : sizes[index - 1]! + 1, max: sizes[index]! };
  }
  return null;
}
