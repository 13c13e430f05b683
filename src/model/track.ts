import type { Address } from './address.ts';
import type { RegionKind } from './dump.ts';
import type { Interval } from './intervals.ts';
import type { List } from './list.ts';

/** Where one region stands in one dump; several pieces where it is split there. Sorted, never overlapping. */
export interface TrackPresence {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly pieces: List<Interval>;
  readonly mappedBytes: number;
  /**
   * Of those, private memory that cannot be written: addresses that are kept for later, as by glibc for each arena of a
   * thread. gcore writes them out, as zeros.
   */
  readonly reservedBytes: number;
  /** Bytes from its place in this dump to its place in the track: not 0 where another run has it elsewhere. */
  readonly shift: number;
}

/**
 * One region followed through all dumps: by its virtual address within one run of a program, by what it is from run to
 * run. Its own addresses are those of the last dump that has it.
 */
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
