import { type Place, reservedBytes } from './kernels.ts';

/** Places in the kernels' memory, given out one behind the other. */
export interface Places {
  take(bytes: number): Place;
  /** Bytes of memory that all of them need. */
  size(): number;
}

/** @param alignment each place is a multiple of it; a power of two, 64 at most */
export function newPlaces(alignment: number): Places {
  let next: Place = reservedBytes;
  return {
    take(bytes) {
      const place = next;
      next = Math.ceil((next + bytes) / alignment) * alignment;
      return place;
    },
    size: () => next,
  };
}
