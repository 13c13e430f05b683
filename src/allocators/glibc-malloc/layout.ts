import type { Address, PointerSize } from '../../model/address.ts';
import type { Architecture } from '../../model/dump.ts';

/**
 * How one build of glibc lays out its arenas and chunks. All sizes and offsets in bytes.
 * Source: glibc malloc/malloc.c (malloc_state, malloc_chunk), 2.10 to the sources of 2026.
 */
export interface Layout {
  /** SIZE_SZ: bytes of a size field, and of a pointer. */
  readonly word: PointerSize;
  /** MALLOC_ALIGNMENT, of what the program is handed: 2 words, but 16 on x86 since 2.26 and on x32. */
  readonly alignment: number;
  /** CHUNK_HDR_SZ: from a chunk to what the program is handed. A chunk of this size is a fencepost. */
  readonly header: number;
  /** MINSIZE. */
  readonly smallestChunk: number;
  readonly fastbinsOffset: number;
  readonly fastbinCount: number;
  readonly topOffset: number;
  /** Of malloc_state.bins: `binCount` pairs of pointers. */
  readonly binsOffset: number;
  readonly nextOffset: number;
  /** Of the first word after malloc_state.next_free: attached_threads (2.22 and later) or system_mem. */
  readonly afterNextFreeOffset: number;
}

/** Bits at the low end of a chunk's size field. */
export const chunkFlags = { previousInUse: 1, mmapped: 2, all: 7 } as const;

/** NBINS - 1: bin 0 does not exist. */
export const binCount = 127;

/** BINMAPSIZE words of 4 bytes. */
const binmapBytes = 16;

/**
 * Where malloc_state.bins can stand, by pointer size: since 2.27 (have_fastchunks), before, and without fastbins
 * (sources of 2026). With 4-byte pointers the number of fastbins hangs on the alignment too: 11 when it is 16, else 10.
 */
export const binsOffsets: Readonly<Record<PointerSize, readonly number[]>> = {
  8: [0x70, 0x68, 0x18],
  4: [0x40, 0x3c, 0x38, 0x10],
};

/** The layout whose bins stand at `binsOffset`, one of binsOffsets. */
export function layoutOf(word: PointerSize, binsOffset: number, architecture: Architecture): Layout {
  const alignment = word === 8 ? 16 : alignmentOf32Bit(binsOffset, architecture);
  const topOffset = binsOffset - 2 * word;
  const fastbinCount = topOffset <= 8 ? 0 : word === 4 && alignment === 16 ? 11 : 10;
  const nextOffset = binsOffset + binCount * 2 * word + binmapBytes;
  return {
    word,
    alignment,
    header: 2 * word,
    smallestChunk: 4 * word,
    fastbinsOffset: topOffset - fastbinCount * word,
    fastbinCount,
    topOffset,
    binsOffset,
    nextOffset,
    afterNextFreeOffset: nextOffset + 2 * word,
  };
}

function alignmentOf32Bit(binsOffset: number, architecture: Architecture): number {
  if (binsOffset === 0x40) return 16;
  if (binsOffset === 0x38) return 8;
  // 11 fastbins without have_fastchunks (x86, 2.26; x32), or 10 with it (arm and others, 2.27 and later).
  return architecture === 'x86' || architecture === 'x64' ? 16 : 8;
}

/** A chunk's size in bytes, its flags taken off. */
export function sizeIn(sizeField: number): number {
  return sizeField - (sizeField & chunkFlags.all);
}

/** The first address at or after `address` where a chunk can start. */
export function alignChunk(layout: Layout, address: Address): Address {
  const beyond = (address + layout.header) % layout.alignment;
  return beyond === 0 ? address : address + layout.alignment - beyond;
}

/** Whether a chunk that is no fencepost can have this size. */
export function isChunkSize(layout: Layout, size: number): boolean {
  // A mask, not a remainder: this is asked for every chunk, and a remainder of doubles is slow.
  return size >= layout.smallestChunk && (size & (layout.alignment - 1)) === 0;
}
