import type { ImageBytes } from './image-bytes.ts';

/** `complete`: whole by its own structure. `damaged`: whole, but a checksum is wrong. `partial`: the end is missing. */
export type Wholeness = 'complete' | 'damaged' | 'partial';

/** What the structure of an image file says of it. */
export interface MeasuredImage {
  /** Bytes in memory, from the first of the signature. */
  readonly size: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly wholeness: Wholeness;
  /** How sure it is that this is an image, 0 to 1. */
  readonly score: number;
  /** What to write where the bytes in memory are no file of their own: `head`, then those at `[from, to)`. */
  readonly file?: { readonly head: Uint8Array; readonly from: number; readonly to: number };
}

/** A format of image files as it lies in memory. To add one: a file beside this in formats/, and a line in its index.ts. */
export interface ImageFormat {
  /** Stands in names of files and in the listing. */
  readonly id: string;
  /** Of the file that is written. */
  readonly extension: string;
  /** Where the structure is described. */
  readonly reference: string;
  /** Bytes that its images begin with, any of these: what memory is searched for. */
  readonly signatures: readonly Uint8Array[];
  /** Whether what follows the signature can be one; throws chance hits out cheaply. `header` holds `probeBytes`. */
  probe(header: DataView): boolean;
  /** Follows the structure to its end; undefined when it is none. Trusts no length: what is not captured ends it. */
  measure(bytes: ImageBytes): MeasuredImage | undefined;
}

/** Bytes that `probe` sees, zero where the dump holds no more. */
export const probeBytes = 40;

/** Pixels along a side; no format but PNG can say more, and nobody holds such a picture. */
export const largestSide = 65_535;

export function isSaneSize(width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= largestSide && height <= largestSide;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
