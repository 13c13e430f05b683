// Counts the blocks of each stride in every dump by the word that marks them.
import type { Memory } from '../../memory/memory.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import type { Marker } from './find-strides.ts';
import type { AddressRun } from './sample-growth.ts';

export interface MarkerCount {
  readonly counts: Float64Array;
  /** Addresses of the marking word. */
  readonly sketches: readonly AddressSketch[];
}

const pieceBytes = 1 << 20;

/**
 * Reads the given ranges of every dump once.
 * @param ranges where blocks may stand, per dump; sorted
 */
export async function countMarkers(
  markers: readonly Marker[],
  memories: readonly Memory[],
  ranges: readonly (readonly AddressRun[])[],
  pacer: Pacer,
): Promise<MarkerCount[]> {
  const results = markers.map(() => ({
    counts: new Float64Array(memories.length),
    sketches: memories.map(() => newAddressSketch()),
  }));
  const buffer = new ArrayBuffer(pieceBytes);
  for (const [index, memory] of memories.entries()) {
    const match = newMatcher(markers, memory.dump.pointerSize);
    for (const range of ranges[index]!) {
      for (let at = range.start; at < range.end; ) {
        const size = Math.min(pieceBytes, range.end - at);
        const got = memory.read(at, new Uint8Array(buffer, 0, size));
        const words = new Uint32Array(buffer, 0, (got >>> 3) << 1);
        const start = at;
        match(words, (marker, offset) => {
          const result = results[marker]!;
          result.counts[index]!++;
          result.sketches[index]!.add(start + offset);
        });
        at += got < size ? (Math.floor(got / 4096) + 1) * 4096 : size;
        await pacer.pace(got);
      }
    }
  }
  for (const [index, marker] of markers.entries()) {
    for (let dump = 0; dump < memories.length; dump++) {
      results[index]!.counts[dump] = Math.round(results[index]!.counts[dump]! / marker.perBlock);
    }
  }
  return results;
}

type Matcher = (words: Uint32Array, found: (marker: number, offset: number) => void) => void;

/** Tests every word against all markers; a table over the low half's bits keeps most words to one look. */
function newMatcher(markers: readonly Marker[], wordBytes: 4 | 8): Matcher {
  const step = wordBytes / 4;
  const slots = new Uint8Array(65536);
  for (const marker of markers) slots[slotOf(marker.lo)] = 1;
  return (words, found) => {
    for (let index = 0; index < words.length; index += step) {
      const lo = words[index]!;
      if (slots[slotOf(lo)] === 0) continue;
      const hi = step === 2 ? words[index + 1]! : 0;
      for (let marker = 0; marker < markers.length; marker++) {
        if (markers[marker]!.lo === lo && markers[marker]!.hi === hi) found(marker, index * 4);
      }
    }
  };
}

function slotOf(lo: number): number {
  return (lo ^ (lo >>> 16)) & 0xffff;
}
