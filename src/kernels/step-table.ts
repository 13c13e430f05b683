// A table in the kernels' memory of what is to be done for one dump's part of a window, in the order of addresses.
//
// Each step stands as 4 bytes each: where the words were read to that are looked through, 0 where the hits of the dump
// before are taken over instead; the bytes of its stretch; its offset in the window, which hits are told by; and how
// far into the stretch the first value may stand.
import type { Place, Table } from './kernels.ts';

export const stepBytes = 16;

export interface StepTable extends Table {
  /** Words from a place on are looked through; their number is a multiple of 8 bytes. */
  addStretch(place: Place, bytes: number, offset: number, from: number): void;
  /** Hits are taken over. */
  addTaken(bytes: number, offset: number): void;
  clear(): void;
}

/** @param place room for as many steps as are ever added, a multiple of 8 */
export function newStepTable(buffer: ArrayBuffer, place: Place): StepTable {
  const words = new Uint32Array(buffer);
  let count = 0;
  return {
    place,
    get count() {
      return count;
    },
    addStretch(stretch, bytes, offset, from) {
      const at = (place + stepBytes * count++) / 4;
      words[at] = stretch;
      words[at + 1] = bytes;
      words[at + 2] = offset;
      words[at + 3] = from;
    },
    addTaken(bytes, offset) {
      const at = (place + stepBytes * count++) / 4;
      words[at] = 0;
      words[at + 1] = bytes;
      words[at + 2] = offset;
    },
    clear() {
      count = 0;
    },
  };
}
