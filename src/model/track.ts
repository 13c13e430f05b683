import type { Address } from './address.ts';
import type { RegionKind } from './dump.ts';

/** Where one region stands in one dump; several pieces where it is split there. Sorted, never overlapping. */
export interface TrackPresence {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly pieces: readonly { readonly start: Address; readonly end: Address }[];
  readonly mappedBytes: number;
}

/** One region followed through all dumps by its virtual address. */
export interface Track {
  readonly id: string;
  readonly kind: RegionKind;
  /** File name or heap name; untrusted text. */
  readonly name: string;
  /** Lowest start and highest end over the dumps: the span that pictures give it. */
  readonly start: Address;
  readonly end: Address;
  readonly writable: boolean;
  /** One entry per dump in capture order; null where it does not exist. */
  readonly presence: readonly (TrackPresence | null)[];
}
