// Reads a stretch of words together with what stands around it, for tokens are told by words beside them too.
import { farthestCompanion } from '../../kernels/token-table.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordBytes } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';

/**
 * Fills `into` with the stretch that begins at an address, and in front of it and behind it with as many bytes as
 * companions need; beyond what is captured without a gap there are zeros.
 * @param into whole words, as the stretch is
 * @returns captured bytes of the stretch, from its start on
 */
export function readAround(memory: Memory, start: Address, into: Uint8Array): number {
  const got = readWordBytes(memory, start - farthestCompanion, into);
  const all = got >= farthestCompanion ? got : readFrom(memory, start, into);
  const { pointerSize } = memory.dump;
  if (all < into.length) into.fill(0, all - (all % pointerSize));
  return Math.max(0, Math.min(all, into.length - farthestCompanion) - farthestCompanion);
}

/** The same where something in front of the stretch is not captured. */
function readFrom(memory: Memory, start: Address, into: Uint8Array): number {
  const before = capturedBefore(memory, start);
  const gap = farthestCompanion - before;
  into.fill(0, 0, gap);
  return gap + readWordBytes(memory, start - before, into.subarray(gap));
}

/** Bytes of whole words in front of an address up to the nearest gap, as far as companions stand. */
function capturedBefore({ dump, capturedBytesFrom }: Memory, start: Address): number {
  let before = farthestCompanion;
  while (before > 0 && capturedBytesFrom(start - before, before) < before) before -= dump.pointerSize;
  return before;
}
