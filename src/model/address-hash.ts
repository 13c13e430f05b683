import type { Address } from './address.ts';

/** 32 bits of an address, mixed (the finalizer of MurmurHash3 over both halves). */
export function addressHash(address: Address): number {
  // The operator takes the lower 32 bits by itself; a remainder of doubles would be slow, and this is asked for every block.
  let hash = (Math.trunc(address / 2 ** 32) * 0x9e3779b1) ^ address;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
