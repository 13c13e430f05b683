// What the scan does with every byte: the kernels' contract. They work on one memory, which files are read into.

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

/** How words are told apart. */
export interface WordRules {
  /** Words of 8 bytes, else of 4. */
  readonly isWide: boolean;
  readonly isBigEndian: boolean;
  /** Addresses that are mapped: `count` starts, then as many ends, 8 bytes each; sorted, not touching. */
  readonly ranges: { readonly place: Place; readonly count: number };
}

/** All kernels of the scan. Places given must lie in `buffer`, with all that the window says. */
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

/** Beyond what windows and tables take: the first bytes are no place, and the kernels use some. */
export const reservedBytes = 64;
