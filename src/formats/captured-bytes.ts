import { type BinaryReader, createBinaryReader } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { CapturedRange } from '../model/dump.ts';

/** The bytes of a dump that is still being opened: a few are needed to tell what its regions are. */
export interface CapturedBytes {
  readonly source: ByteSource;
  /** Sorted, never overlapping, inside the file. */
  readonly captured: readonly CapturedRange[];
}

/** A reader over `size` bytes at an address; undefined unless one captured range holds them all. */
export function readerAt(
  { source, captured }: CapturedBytes,
  address: Address,
  size: number,
  littleEndian: boolean,
): BinaryReader | undefined {
  const range = captured[lastStartingAtOrBelow(captured, address)];
  if (range === undefined || address + size > range.start + range.size) return undefined;
  return createBinaryReader(source, { start: range.fileOffset + (address - range.start), size, littleEndian });
}
