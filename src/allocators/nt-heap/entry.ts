import type { NtHeapState } from './state.ts';

/** A decoded block header (_HEAP_ENTRY). One object is filled again and again: walks meet millions of headers. */
export interface Entry {
  /** Granules from this block's start to the next one's. */
  units: number;
  previousUnits: number;
  flags: number;
  /** Bytes of the block that the program did not ask for, its header included. */
  unusedBytes: number;
}

/** HEAP_ENTRY_BUSY. */
export const busyFlag = 0x01;
/**
 * HEAP_ENTRY_VIRTUAL_ALLOC. Since Windows 8 a busy block in a segment that has it is the heap's own (the containers
 * of the low-fragmentation heap among them), and a free one has its inner pages decommitted.
 */
export const internalFlag = 0x08;

/** The byte of unused bytes keeps 6 bits; this value says that the count stands at the block's end. */
export const unusedAtEnd = 0x3f;

/**
 * Reads a header from its two words as they stand in memory. False when it is none: since Vista the fourth byte must
 * be the XOR of the first three. Headers of heaps with encoding switched off are accepted in the clear.
 */
export function decodeEntry(state: NtHeapState, low: number, high: number, entry: Entry): boolean {
  if (state.version === 'xp') {
    entry.units = low & 0xffff;
    entry.previousUnits = low >>> 16;
    entry.flags = (high >>> 8) & 0xff;
    entry.unusedBytes = (high >>> 16) & 0xff;
    return entry.units > 0;
  }
  const decodedLow = low ^ state.encodingLow;
  if (hasChecksum(decodedLow)) return fill(entry, decodedLow, high ^ state.encodingHigh);
  return hasChecksum(low) && fill(entry, low, high);
}

function hasChecksum(low: number): boolean {
  return ((low ^ (low >>> 8) ^ (low >>> 16) ^ (low >>> 24)) & 0xff) === 0;
}

function fill(entry: Entry, low: number, high: number): boolean {
  entry.units = low & 0xffff;
  entry.previousUnits = high & 0xffff;
  entry.flags = (low >>> 16) & 0xff;
  entry.unusedBytes = high >>> 24;
  return entry.units > 0;
}
