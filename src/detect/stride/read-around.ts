// Reads a stretch of words together with what stands around it, for tokens are told by words beside them too.
import type { Place } from '../../kernels/kernels.ts';
import { farthestCompanion } from '../../kernels/token-table.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordBytes } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';

export interface Stretch {
  readonly start: Address;
  /** A multiple of 8. */
  readonly bytes: number;
}

/**
 * Brings a stretch to `place`, and as many bytes as companions need to where they stand on either side of it; beyond what
 * is captured without a gap there are zeros.
 * @param room of the kernels
 * @returns captured bytes of the stretch, from its start on
 */
export function readAround(memory: Memory, { start, bytes }: Stretch, room: Uint8Array, place: Place): number {
  const read = (before: number) =>
    readWordBytes(memory, start - before, room.subarray(place - before, place + bytes + farthestCompanion)) - before;
  let got = read(farthestCompanion);
  if (got < 0) {
    const before = capturedBefore(memory, start);
    room.fill(0, place - farthestCompanion, place - before);
    got = Math.max(0, read(before));
  }
  const { pointerSize } = memory.dump;
  if (got < bytes + farthestCompanion)
    room.fill(0, place + got - (got % pointerSize), place + bytes + farthestCompanion);
  return Math.min(got, bytes);
}

/** Bytes of words in front of an address up to the nearest gap, as far as companions stand. */
function capturedBefore({ dump, capturedBytesFrom }: Memory, start: Address): number {
  const { pointerSize } = dump;
  let before = farthestCompanion;
  while (before > 0 && capturedBytesFrom(start - before, before) < before) before -= pointerSize;
  return before;
}
