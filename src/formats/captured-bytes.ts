import type { ByteSource } from '../bytes/byte-source.ts';
import { type Address, itemStartingAtOrBelow, lastStartingAtOrBelow } from '../model/address.ts';
import type { CapturedRange } from '../model/dump.ts';
import type { List } from '../model/list.ts';

/** The bytes of a dump that is still being opened: a few are needed to tell what its regions are. */
export interface CapturedBytes {
  readonly source: ByteSource;
  /** Sorted, never overlapping, inside the file. */
  readonly captured: List<CapturedRange>;
}

/** Where in the file the `size` bytes at an address stand; undefined unless one captured range holds them all. */
export function fileOffsetOf({ captured }: CapturedBytes, address: Address, size: number): number | undefined {
  const range = itemStartingAtOrBelow(captured, address);
  if (range === undefined || address + size > range.start + range.size) return undefined;
  return range.fileOffset + (address - range.start);
}

/** A copy of the `size` bytes at an address, of several captured ranges if need be; undefined unless all are captured. */
export function readCaptured(
  { source, captured }: CapturedBytes,
  address: Address,
  size: number,
): DataView | undefined {
  const bytes = new Uint8Array(size);
  let done = 0;
  for (let index = lastStartingAtOrBelow(captured, address); done < size; index += 1) {
    const range = index < 0 ? undefined : captured.at(index);
    const at = address + done;
    if (range === undefined || at < range.start || at >= range.start + range.size) return undefined;
    const part = bytes.subarray(done, done + Math.min(size - done, range.start + range.size - at));
    if (source.read(range.fileOffset + (at - range.start), part) < part.length) return undefined;
    done += part.length;
  }
  return new DataView(bytes.buffer);
}
