import type { Memory } from '../../memory/memory.ts';
import type { RequestRange } from '../allocator.ts';
import { readWords } from '../static-data.ts';
import { type CentralLists, mostClasses } from './central-lists.ts';

const pageBytes = 8192;
const largestSmall = 256 << 10;
const smallestAlignment = 8;
const usualAlignment = 16;
const transferBytes = 64 << 10;
const mostToTransfer = 32;

/** Sizes wasted to alignment are an eighth at most (AlignmentForSize in gperftools src/common.cc). */
function alignmentFor(size: number): number {
  if (size >= 128) return Math.min(2 ** Math.floor(Math.log2(size)) / 8, pageBytes);
  return size >= usualAlignment ? usualAlignment : smallestAlignment;
}

/** Pages of a span for objects of a size: little left over, and enough objects for a quarter of a transfer. */
function pagesFor(size: number): number {
  const transfer = Math.min(mostToTransfer, Math.max(2, Math.floor(transferBytes / size)));
  let bytes = 0;
  do {
    bytes += pageBytes;
    while (bytes % size > bytes >>> 3) bytes += pageBytes;
  } while (Math.floor(bytes / size) < transfer >>> 2);
  return bytes / pageBytes;
}

/** The classes of a usual build, smallest first, without class 0 (SizeMap::Init in src/common.cc). */
function buildClassSizes(): number[] {
  const sizes: number[] = [];
  let lastPages = 0;
  for (let size = smallestAlignment; size <= largestSmall; size += alignmentFor(size)) {
    const pages = pagesFor(size);
    const last = sizes.at(-1);
    const bytes = pages * pageBytes;
    if (last !== undefined && pages === lastPages && Math.floor(bytes / size) === Math.floor(bytes / last)) {
      sizes[sizes.length - 1] = size;
      continue;
    }
    sizes.push(size);
    lastPages = pages;
  }
  return sizes;
}

const usualSizes = buildClassSizes();

/**
 * Bytes of each class, by its number, as this process has them: an array in static data that starts with 0 for the
 * unused class and rises from there (SizeMap::class_to_size_). Undefined when it was not captured.
 */
export function readClassSizes(memory: Memory, lists: CentralLists): number[] | undefined {
  let found: number[] | undefined;
  readWords(memory, [lists.data], mostClasses * 4, (words) => {
    for (let i = 0; i + lists.classCount <= words.length; i += 1) {
      if (words[i] !== 0 || words[i + 1] === 0 || !isRising(words, i, lists.classCount)) continue;
      found = Array.from(words.subarray(i, i + lists.classCount));
      return true;
    }
    return undefined;
  });
  const usual = [0, ...usualSizes];
  return found ?? (usual.length === lists.classCount ? usual : undefined);
}

/** Largest class of any build; and what the first class and every step are multiples of. */
const largestClass = 4 << 20;

function isRising(words: Uint32Array, start: number, count: number): boolean {
  for (let i = start + 1; i < start + count; i += 1) {
    const size = words[i]!;
    if (size <= words[i - 1]! || size % smallestAlignment !== 0 || size > largestClass) return false;
  }
  return true;
}

/** What a program may have asked for to get a block of so many bytes; null when no class has them. */
export function requestRangeOf(stride: number): RequestRange | null {
  const index = usualSizes.indexOf(stride);
  if (index >= 0) return { min: index === 0 ? 0 : usualSizes[index - 1]! + 1, max: stride };
  if (stride > largestSmall && stride % pageBytes === 0) return { min: stride - pageBytes + 1, max: stride };
  return null;
}
