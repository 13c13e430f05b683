// A sample of addresses that is the same addresses in every dump, so that blocks can be followed without keeping all.
import type { Address } from '../model/address.ts';
import { addressHash } from '../model/address-hash.ts';

/**
 * Keeps the addresses whose hash lies below `limit`; the limit halves whenever there are too many. Since the hash of an
 * address never changes, two sketches hold the same sample below the smaller of their limits: what stands in one and
 * not in the other was born or died in between. (Bottom-k sampling; E. Cohen, "Size-estimation framework", 1997.)
 */
export interface AddressSketch {
  readonly limit: number;
  readonly addresses: readonly Address[];
  add(address: Address): void;
  /** Leaves out what a sketch of this limit does not hold, if that is less. */
  lower(limit: number): void;
}

/** Kept addresses at most; at least half as many once there were that many. Bounds the error of a share to about 3 %. */
const mostKept = 1024;

export function newAddressSketch(limit = 2 ** 32): AddressSketch {
  // Plain fields: an object with getters of its own makes every use of it slow, and this is used for every block.
  const sketch = {
    limit,
    addresses: [] as Address[],
    add(address: Address) {
      if (addressHash(address) >= sketch.limit) return;
      sketch.addresses.push(address);
      if (sketch.addresses.length <= mostKept) return;
      sketch.lower(sketch.limit / 2);
    },
    lower(limit: number) {
      if (limit >= sketch.limit) return;
      sketch.limit = limit;
      sketch.addresses = sketch.addresses.filter((one) => addressHash(one) < limit);
    },
  };
  return sketch;
}

/** One sketch of all their addresses. */
export function joinSketches(sketches: readonly AddressSketch[]): AddressSketch {
  const joined = newAddressSketch();
  for (const sketch of sketches) addSketch(joined, sketch);
  return joined;
}

/**
 * Adds what another sketch holds. The limit that all addresses together need is never above that of some of them, so
 * what lies above the limit of either is kept in none.
 */
export function addSketch(sum: AddressSketch, part: Pick<AddressSketch, 'limit' | 'addresses'>): void {
  const { addresses, limit } = part;
  sum.lower(limit);
  // By index: an iterator makes two objects of each address until the loop is optimized, and these are millions in all.
  for (let index = 0; index < addresses.length; index++) sum.add(addresses[index]!);
}

/** The part of the sketch that can be held against the other one, sorted. */
export function comparable(sketch: AddressSketch, other: AddressSketch): Address[] {
  return sketch.addresses.filter((address) => addressHash(address) < other.limit).sort((a, b) => a - b);
}
