// What was counted of the blocks of one stride in one dump, in parts of memory that are joined in the order of addresses.
import type { SeenToken } from '../../kernels/tally-table.ts';
import type { Address } from '../../model/address.ts';
import { type AddressSketch, addSketch, newAddressSketch } from '../address-sketch.ts';
import type { Period } from './find-strides.ts';

export interface BlockTally {
  /** Tokens that mark a block. */
  readonly count: number;
  readonly sketch: Pick<AddressSketch, 'limit' | 'addresses'>;
  /** Tokens at the part's ends; undefined where none was seen, or the token is not shared. */
  readonly first: SeenToken | undefined;
  readonly last: SeenToken | undefined;
}

export interface TallySum {
  readonly count: number;
  readonly sketch: AddressSketch;
  /** Adds what was counted behind all that was added before. */
  join(part: BlockTally): void;
}

/** A token that is shared is counted where the same comes again at the stride, which parts cannot tell across their ends. */
export function newTallySum({ stride }: Pick<Period, 'stride'>): TallySum {
  const sketch = newAddressSketch();
  let last: SeenToken | undefined;
  const sum = {
    count: 0,
    sketch,
    join(part: BlockTally) {
      const { first } = part;
      const isBeside = last !== undefined && first !== undefined && first.address - last.address === stride;
      if (isBeside) {
        if (!last!.isCounted) count(last!.address);
        if (!first!.isCounted) count(first!.address);
      }
      sum.count += part.count;
      addSketch(sketch, part.sketch);
      // The last one may be the first one.
      if (part.last !== undefined)
        last = part.last.address === first?.address && isBeside ? { ...part.last, isCounted: true } : part.last;
    },
  };
  return sum;

  function count(address: Address): void {
    sum.count++;
    sketch.add(address);
  }
}
