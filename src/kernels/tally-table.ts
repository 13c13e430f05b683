// A table in the kernels' memory of what was counted of each signature.
//
// Each tally stands as: the count and its flags, 4 bytes each, then 8 bytes each, as doubles, the stride, the limit of
// hashes below which addresses are told, and the addresses of the first and the last token that was come upon.
import type { Address } from '../model/address.ts';
import type { Place } from './kernels.ts';

export const tallyBytes = 40;

/** The last three matter, and are kept, only where the token is shared. */
export const tallyFlags = { isShared: 1, isSeen: 2, isFirstCounted: 4, isLastCounted: 8 } as const;

/** A token that was come upon, and whether it was counted. */
export interface SeenToken {
  readonly address: Address;
  readonly isCounted: boolean;
}

/** Begins a tally; a shared token is counted only where the same comes again at the stride. */
export function beginTally(
  buffer: ArrayBuffer,
  place: Place,
  { isShared, stride, limit }: { readonly isShared: boolean; readonly stride: number; readonly limit: number },
): void {
  new Uint32Array(buffer, place, 2).set([0, isShared ? tallyFlags.isShared : 0]);
  new Float64Array(buffer, place + 8, 4).set([stride, limit, 0, 0]);
}

export function setTallyLimit(buffer: ArrayBuffer, place: Place, limit: number): void {
  new Float64Array(buffer, place + 16, 1)[0] = limit;
}

/** The first and the last token are undefined where none was seen, or none matters. */
export function readTally(
  buffer: ArrayBuffer,
  place: Place,
): { readonly count: number; readonly first: SeenToken | undefined; readonly last: SeenToken | undefined } {
  const [count, flags] = new Uint32Array(buffer, place, 2) as unknown as [number, number];
  if ((flags & tallyFlags.isSeen) === 0) return { count, first: undefined, last: undefined };
  const [first, last] = new Float64Array(buffer, place + 24, 2) as unknown as [Address, Address];
  return {
    count,
    first: { address: first, isCounted: (flags & tallyFlags.isFirstCounted) !== 0 },
    last: { address: last, isCounted: (flags & tallyFlags.isLastCounted) !== 0 },
  };
}
