import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { MemoryRegion } from '../model/dump.ts';

/** Writable memory of programs and libraries: initialised data, and the zeroed data that follows it. */
export interface StaticData {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
}

/** Zeroed data directly behind an image; what is larger is a heap that happens to follow. */
const largestContinuation = 64 << 20;

/** Where no region is known to be an image, static data may stand in any private region that is not large. */
const largestUnnamed = 16 << 20;
const unnamedBudget = 256 << 20;

/**
 * Where allocators keep their roots. Each piece is one image's data with the anonymous memory that continues it
 * without a gap, as the loader maps it.
 */
export function staticDataOf(memory: Memory): StaticData[] {
  const { regions } = memory.dump;
  const pieces: { start: Address; end: Address; imageEnd: Address }[] = [];
  for (const region of regions) {
    if (!region.writable) continue;
    const last = pieces.at(-1);
    const adjacent = last?.end === region.start;
    if (isImage(region)) {
      if (adjacent) Object.assign(last, { end: region.end, imageEnd: region.end });
      else pieces.push({ start: region.start, end: region.end, imageEnd: region.end });
    } else if (adjacent && region.end - last.imageEnd <= largestContinuation) {
      last.end = region.end;
    }
  }
  return pieces.length > 0 ? pieces : smallPrivateRegions(regions);
}

function isImage({ kind }: MemoryRegion): boolean {
  return kind === 'image' || kind === 'mapped-file';
}

function smallPrivateRegions(regions: readonly MemoryRegion[]): StaticData[] {
  let budget = unnamedBudget;
  return regions.filter(({ writable, kind, start, end }) => {
    if (!writable || kind === 'stack' || end - start > largestUnnamed) return false;
    budget -= end - start;
    return budget >= 0;
  });
}

/** Bytes read at a time. */
const pieceBytes = 1 << 18;

/**
 * Reads a range in pieces as 32-bit words of the machine's order; each piece holds `overlap` bytes of the next one.
 * `visit` is told the words and the address of the first; it ends the reading by returning true. One buffer is used
 * for all: what is kept must be copied. Gaps that were not captured are skipped page by page.
 */
export function readWords(
  memory: Memory,
  range: { readonly start: Address; readonly end: Address },
  overlap: number,
  visit: (words: Uint32Array, address: Address) => boolean | undefined,
): void {
  const bytes = new Uint8Array(pieceBytes + overlap);
  let at = range.start;
  while (at < range.end) {
    const wanted = Math.min(bytes.length, range.end - at);
    const got = memory.read(at, bytes.subarray(0, wanted));
    if (got >= 4 && visit(new Uint32Array(bytes.buffer, 0, got >>> 2), at) === true) return;
    at += got < wanted ? got + gapStep - ((at + got) % gapStep) : pieceBytes;
  }
}

const gapStep = 4096;

/** 64 bits that stand at `index`, as an address; NaN for what is none in user space. */
export function addressIn(words: Uint32Array, index: number): Address {
  const high = words[index + 1]!;
  return high > 0x1ffffff ? Number.NaN : high * 4294967296 + words[index]!;
}
