import type { Address } from '../../model/address.ts';
import type { LoadedModule, MemoryRegion } from '../../model/dump.ts';
import { cutRanges, indexHolding, withoutOverlaps } from '../intervals.ts';
import type { MappedRange } from './page-tables.ts';
import { executableRight, writableRight } from './paging-modes.ts';

/** Twice what Windows gives a thread of the kernel at most. */
const largestStack = 1 << 18;

/** Mapped memory, cut where modules begin and end, which name their parts. What the rest is for nothing tells. */
export function nameRegions(
  mapped: readonly MappedRange[],
  modules: readonly LoadedModule[],
  stackPointer: Address | undefined,
): MemoryRegion[] {
  const regions: MemoryRegion[] = [];
  cutRanges(mapped, withoutOverlaps(modules), ({ start, end }, { rights }, module) => {
    regions.push({
      start,
      end,
      kind: module === undefined ? 'private' : 'image',
      name: module?.path ?? '',
      readable: true,
      writable: (rights & writableRight) !== 0,
      executable: (rights & executableRight) !== 0,
    });
  });
  const stack = stackPointer === undefined ? -1 : indexHolding(regions, stackPointer);
  const region = regions[stack];
  // Stacks have unmapped pages around them; what is larger is memory that a stack was mapped next to.
  if (region?.kind === 'private' && region.end - region.start <= largestStack) {
    regions[stack] = { ...region, kind: 'stack', name: '[stack]' };
  }
  return regions;
}
