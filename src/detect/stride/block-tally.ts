// Counts the blocks of one stride in one dump, in stretches of memory that can be joined.
import type { Address } from '../../model/address.ts';
import { type AddressSketch, addSketch, newAddressSketch } from '../address-sketch.ts';
import type { Period } from './find-strides.ts';

/** A token that was come upon, and whether it was counted. */
interface SeenToken {
  readonly address: Address;
  readonly isCounted: boolean;
}

export interface BlockTally {
  /** Tokens that mark a block. */
  readonly count: number;
  readonly sketch: Pick<AddressSketch, 'limit' | 'addresses'>;
  /** Undefined where none was seen, or none matters: see newTally. */
  readonly first: SeenToken | undefined;
  readonly last: SeenToken | undefined;
}

/** A tally that is still going on. */
export interface OpenTally extends BlockTally {
  readonly sketch: AddressSketch;
  /** A token behind all those added before. */
  add(address: Address): void;
  /** Adds what was tallied of memory behind all that was added before. */
  join(tally: BlockTally): void;
}

/**
 * A token that stands in blocks of several strides marks one of this stride where the same comes again at it.
 * @param limit of the sketch; see newAddressSketch
 */
export function newTally({ isShared, stride }: Pick<Period, 'isShared' | 'stride'>, limit?: number): OpenTally {
  const sketch = newAddressSketch(limit);
  // Plain fields: objects with getters are slow, and this is used for every block.
  const tally = {
    count: 0,
    sketch,
    first: undefined as SeenToken | undefined,
    last: undefined as SeenToken | undefined,
    add(address: Address) {
      if (!isShared) {
        count(address);
        return;
      }
      const isCounted = isBeside(address);
      if (isCounted) {
        countLast();
        count(address);
      }
      see(address, isCounted);
    },
    join(other: BlockTally) {
      const { first, last } = other;
      const isCounted = first !== undefined && isBeside(first.address);
      if (isCounted) {
        countLast();
        if (!first.isCounted) count(first.address);
      }
      tally.count += other.count;
      addSketch(sketch, other.sketch);
      if (first === undefined || last === undefined) return;
      see(first.address, first.isCounted || isCounted);
      if (last.address !== first.address) see(last.address, last.isCounted);
    },
  };
  return tally;

  function isBeside(address: Address): boolean {
    return tally.last !== undefined && address - tally.last.address === stride;
  }

  function countLast(): void {
    if (!tally.last!.isCounted) count(tally.last!.address);
    see(tally.last!.address, true);
  }

  function see(address: Address, isCounted: boolean): void {
    tally.last = { address, isCounted };
    if (tally.first === undefined || tally.first.address === address) tally.first = tally.last;
  }

  function count(address: Address): void {
    tally.count++;
    sketch.add(address);
  }
}
