import type { Address } from './address.ts';

/**
 * What a page holds in one dump and what became of it since the dump before, as flags, so that neighbours can be taken
 * together. 0 where the dump holds nothing of it; the first dump has no flags of the second kind.
 */
export const pageFlags = { zero: 1, populated: 2, unchanged: 4, changed: 8, new: 16 } as const;

/** The pages of one track, the same in every dump: page i covers bytesPerPage bytes from start + i * bytesPerPage. */
export interface TrackPages {
  readonly trackId: string;
  readonly start: Address;
  readonly pageCount: number;
  /** Per dump in capture order: pageFlags. */
  readonly pages: readonly Uint8Array[];
}

/** Pages of some tracks; several are taken together where memory is large. */
export interface PageMap {
  /** A power of two; at least the page size of the dumps. */
  readonly bytesPerPage: number;
  readonly tracks: readonly TrackPages[];
}
