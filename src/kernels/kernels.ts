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

/** What is told of a window's pages beyond their bytes. */
export interface PageNotes {
  /** Captured bytes of each page, 4 bytes each. */
  readonly captured: Place;
  /** Of each page a byte: what it holds, and what became of it, as model/page-map.ts has it; 0 where nothing is captured. */
  readonly flags: Place;
}

/** Flags of pages side by side. */
export interface FlaggedPages {
  /** A byte of each. */
  readonly flags: Place;
  readonly count: number;
  /** Of the first. */
  readonly address: number;
  readonly pageBytes: number;
}

/** Pages that have exactly the wanted one of the flags in the mask, or no flag at all, `least` of them in a row. */
export interface PageKind {
  readonly mask: number;
  readonly wanted: number;
  readonly least: number;
}

/** What stands in sums of pages: captured bytes, 4 bytes each, which those that are not captured do not count among. */
export const pageSums = ['zero', 'populated', 'unchanged', 'new'] as const;

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
  /** Addresses that are mapped; see address-table.ts. */
  readonly ranges: Table;
}

/** What kernels may read behind a stretch, in bytes. */
export const stretchSlack = 128;

/** A stretch of words; `stretchSlack` bytes behind it must be in the buffer too. */
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
   * Writes the flags of each page and the sums of all, see pageSums. Needs the facts.
   * @param before of the dump before; null where that holds nothing of the window, undefined where there is none
   */
  tellPages(window: PageWindow, notes: PageNotes, before: PageNotes | null | undefined, sums: Place): void;
  /**
   * Finds the runs of pages that hold something by the last flags and nothing by the first; writes the index of the first
   * page of each and the one behind its last, 4 bytes each, and returns how many there are.
   */
  grownRuns(first: Place, last: Place, pages: number, runs: Place): number;
  /**
   * Finds the runs of pages that are of one kind; writes the addresses of the start and the end of each, as doubles, and
   * returns how many there are.
   */
  runsOf(kind: PageKind, pages: FlaggedPages, runs: Place): number;
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

/**
 * Kernels that count blocks: each goes through the steps of a table, see step-table.ts, finds tokens of another one, see
 * token-table.ts, around which the companions of one of their signatures stand, and returns the number of hits.
 * Companions may stand outside of a stretch, which has as much room around it; what is not known there must be zero.
 *
 * Of each hit its offset in the window and the index of its signature are written, 4 bytes each, in the order of
 * offsets.
 */
export interface TokenKernels {
  readonly buffer: ArrayBuffer;
  /**
   * Finds words that are not the same as the word before.
   * @param before hits of the dump before in this window
   */
  findValues(steps: WordSteps, tokens: Table, before: Table, hits: Place): number;
  /**
   * Finds places where a shape, which stands as bits of a token, begins; see readShapes. Those of the dump before are
   * taken over where the last word of the shape stands in the step.
   */
  findShapes(steps: WordSteps, tokens: Table, ranges: Table, before: Table, hits: Place): number;
  /**
   * Adds hits to the tallies of their signatures, see tally-table.ts, and tells the address of each that is counted if
   * its hash is below the tally's limit: the address, as a double, and the index of the signature, 8 bytes each.
   * @param hits of which there are at most half as many as there is room for addresses
   * @param origin address that the hits' offsets are told from
   * @returns addresses told
   */
  tallyHits(hits: Table, origin: number, tallies: Place, told: Place): number;
}

/** Steps through words; `stretchSlack` bytes behind each stretch must be in the buffer too. */
export interface WordSteps {
  readonly table: Table;
  readonly wordBytes: 4 | 8;
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
  /** After listing: writes a byte for each of the ends, 1 where all tokens up to it, from the end before, have one key. */
  tellPure(keys: Place, ends: Table, into: Place): void;
}

/** In a closed bucket: its tokens are not listed. */
export const unlisted = 0xffff_ffff;

/** What is known of a sample where distances between places are looked at. */
export interface SampleRoom {
  /** Of each window of the sample the offset where it begins and the one behind it, 4 bytes each; ascending. */
  readonly windows: Table;
  /** Zeros, as many bytes as the largest window has; they are zeros afterwards. */
  readonly counts: Place;
}

/** The commonest of some distances. */
export interface CommonestDistance {
  /** In bytes; of equally common ones the smallest. */
  readonly distance: number;
  /** How many of `all` distances are this one. */
  readonly count: number;
  readonly all: number;
}

/** How many places stand between others. */
export interface CountsBetween {
  /** Gaps between others. */
  readonly gaps: number;
  /** Places in all of them. */
  readonly between: number;
  /** How many stand in a gap most often, of more than one; of equally common numbers the smallest. */
  readonly commonest: number;
  /** Gaps with so many; 0 where none holds more than one. */
  readonly count: number;
}

/**
 * Kernels that look at distances between places in a sample: tables of offsets, 4 bytes each, ascending, all multiples of
 * 4. Only places in one window have a distance.
 */
export interface PlaceKernels {
  readonly buffer: ArrayBuffer;
  /** Of the distances from each place to the one `lag` before it. */
  commonestGap(places: Table, lag: number, room: SampleRoom): CommonestDistance;
  /** Of the distances from each place to the last of the others at or before it, as far as they are below a bound. */
  commonestBehind(places: Table, others: Table, below: number, room: SampleRoom): CommonestDistance;
  /** How many of the distances from each place to the one `lag` before it are multiples of a distance. */
  countMultiples(places: Table, lag: number, distance: number, room: SampleRoom): number;
  /** Writes the places that have the one before them at exactly a distance, and returns how many these are. */
  listSteps(places: Table, distance: number, room: SampleRoom, into: Place): number;
  /** How many inner places stand from each place that has the next one at exactly a distance up to that one. */
  countBetween(inner: Table, places: Table, distance: number, room: SampleRoom): CountsBetween;
  /** How many places have one of the others at a distance, which may be negative. */
  countBeside(places: Table, others: Table, distance: number, room: SampleRoom): number;
}

export type Kernels = PageKernels & TokenKernels & ListKernels & PlaceKernels;

/** Before all windows and tables: the first bytes are no place. */
export const reservedBytes = 64;
