import type { ByteSource } from '../bytes/byte-source.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { CapturedRange } from '../model/dump.ts';

/** The bytes of a dump that is still being opened: a few are needed to tell what its regions are. */
export interface CapturedBytes {
  readonly source: ByteSource;
  /** Sorted, never overlapping, inside the file. */
  readonly captured: readonly CapturedRange[];
}

/** Where in the file the `size` bytes at an address stand; undefined unless one captured range holds them all. */
export function fileOffsetOf({ captured }: CapturedBytes, address: Address, size: number): number | undefined {
  const range = captured[lastStartingAtOrBelow(captured, address)];
  if (range === undefined || address + size > range.start + range.size) return undefined;
  return range.fileOffset + (address - range.start);
}
