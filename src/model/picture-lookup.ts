import type { PointerSize } from './address.ts';

/**
 * What a page holds in each dump, and what became of it since the dump before, one character a dump: `-` not mapped,
 * `?` mapped but not captured, else a digit: what became of it (0 not known: the first dump; 1 unchanged, 2 changed,
 * 3 new), plus 4 if it is populated and not zero.
 */
export type PageStates = string;

/** A stripe of a picture: rows of cells of one region, or a line of text that stands for memory not drawn. Pixels from the top of the memory area. */
export interface LookupBand {
  readonly top: number;
  readonly height: number;
  /** What is said where memory is folded; null where cells are drawn. */
  readonly text: string | null;
  /** Address of the first cell, in hex; empty where folded. */
  readonly start: string;
  readonly cellCount: number;
  /** Side of the squares in which cells follow a Hilbert curve; 1 where they stand row after row. */
  readonly side: number;
  /** Untrusted text. */
  readonly region: string;
  /** Cells of the first page that come before the band. */
  readonly skew: number;
  /** Runs of pages alike: how many, and their state in each dump. */
  readonly pages: readonly (readonly [count: number, states: PageStates])[];
}

/** Which address stands where in the pictures of a diff. No memory contents. */
export interface MemoryLookup {
  readonly bytesPerCell: number;
  readonly columns: number;
  /** Pixels of a cell. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly pointerSize: PointerSize;
  readonly cellsPerPage: number;
  /** Pages that are taken together, where memory is large: their size in words, else null. */
  readonly togetherText: string | null;
  readonly bands: readonly LookupBand[];
}

/** The same for one picture: where its memory area begins, in pixels, and which dump it shows. */
export interface PictureLookup {
  readonly left: number;
  readonly top: number;
  readonly dump: number;
  /** One object for all pictures of a diff. */
  readonly memory: MemoryLookup;
}
