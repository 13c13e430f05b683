// What is done with every byte: the kernels' contract. They work on one memory, which files are read into.

/** A place in the kernels' memory, in bytes; 0 is no place. */
export type Place = number;

/** A window of pages of one dump, and the same pages of the dump before. */
export interface PageWindow {
  readonly pages: number;
  /** A multiple of 128, 65536 at most. */
  readonly pageBytes: number;
  readonly current: Place;
  /** Of each page 4 bytes: how many of its bytes are zero, and sameFlag where it is as before. */
  readonly facts: Place;
}

/** Bit of a page's facts: its bytes are those of the dump before. */
export const sameFlag = 0x8000_0000;

/** A table of `count` entries. */
export interface Table {
  readonly place: Place;
  readonly count: number;
}

/** How words are told apart. */
export interface WordRules {
  /** Words of 8 bytes, else of 4. */
  readonly isWide: boolean;
  readonly isBigEndian: boolean;
  /** Addresses that are mapped: all starts, then all ends, 8 bytes each; sorted, not touching. */
  readonly ranges: Table;
}

/** A stretch of words; the 32 bytes behind it must be in the buffer too. */
export interface WordStretch {
  readonly place: Place;
  /** A multiple of 8. */
  readonly bytes: number;
  readonly wordBytes: 4 | 8;
}

/** Kernels of the scan. Places given must lie in `buffer`, with all that the window says. */
export interface PageKernels {
  readonly buffer: ArrayBuffer;
  /** Writes the facts; without the window of a dump before, no page is as before. */
  comparePages(window: PageWindow, before: PageWindow | undefined): void;
  /**
   * Counts each page's words by kind into `counts`: 4 bytes per page and kind. Needs the facts; a page that is as before has
   * the counts that stand in `countsBefore`.
   */
  kindCounts(window: PageWindow, rules: WordRules, counts: Place, countsBefore: Place): void;
  /**
   * Writes the picture's code for every cell of every page into `codes`, one byte each; takes those of pages that are
   * as before from `codesBefore`. A cell is a power of two from 8 bytes up to the page.
   */
  kindCells(window: PageWindow, rules: WordRules, cellBytes: number, codes: Place, codesBefore: Place): void;
}

/** Kernels of the stride search. Hits are pairs of 4 bytes, by offset: where in the stretch, in bytes, and index of the key. */
export interface TokenKernels {
  readonly buffer: ArrayBuffer;
  /**
   * Finds words that have a key's bits under its mask and are not the same as the word before.
   * @param keys bits and mask, 8 bytes each
   * @param from offset of the first word that counts
   * @returns hits; there may be one for every word
   */
  findValues(stretch: WordStretch, from: number, keys: Table, hits: Place): number;
  /** Finds places where one of the shapes, which stand as bits of keys, begins; see readShapes. */
  findShapes(stretch: WordStretch, keys: Table, ranges: Table, hits: Place): number;
}

/** Where tokens are counted and listed by the hashes of their keys. */
export interface TokenBuckets {
  /** A power of two of entries of 4 bytes. */
  readonly buckets: Table;
  /** Keys, 8 bytes each, as doubles; 0 where tokens are only counted. */
  readonly keys: Place;
  /** And where each token stands, 4 bytes. */
  readonly offsets: Place;
  /** What offsets are told from. */
  readonly origin: Place;
}

/**
 * Kernels that tell of all tokens of a stretch; see readValues and readShapes. Each adds 1 to the bucket of its hash,
 * and where tokens are listed, it is written where the bucket said before. Nothing comes to one that is closed.
 */
export interface ListKernels {
  readonly buffer: ArrayBuffer;
  listValues(stretch: WordStretch, into: TokenBuckets): void;
  listShapes(stretch: WordStretch, into: TokenBuckets, ranges: Table): void;
  /**
   * Between counting and listing: gives each bucket of more than `least` tokens the index of its first in the list, closes
   * the others, and writes the indices behind the last tokens of those into `ends`, 4 bytes each. Returns how many these are.
   */
  openBuckets(buckets: Table, least: number, ends: Place): number;
}

/** In a closed bucket: its tokens are not listed. */
export const unlisted = 0xffff_ffff;

/** Bytes of a key of TokenKernels. */
export const keyBytes = 16;

export type Kernels = PageKernels & TokenKernels & ListKernels;

/** Before all windows and tables: the first bytes are no place. */
export const reservedBytes = 64;
