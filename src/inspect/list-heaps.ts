// The heaps of one dump by name, for commands that are given one.
import type { Allocator } from '../allocators/allocator.ts';
import { findHeaps } from '../detect/walk-heaps.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { type Interval, intersection, union } from '../model/intervals.ts';
import type { List } from '../model/list.ts';

export interface ListedHeap {
  /** Ways to call it, the one that info shows first. Untrusted text where regions are named. */
  readonly names: readonly [string, ...string[]];
  readonly address: Address;
  /** Its memory that is mapped, sorted; what is only reserved holds nothing. */
  readonly ranges: List<Interval>;
}

/** Heaps of known allocators in the order in which info lists them; without any, the regions of kind heap by name. */
export function listHeaps(memory: Memory, allocators: readonly Allocator[]): ListedHeap[] {
  const { dump } = memory;
  const mapped = union(dump.regions);
  const found = findHeaps([memory], allocators).flatMap(({ allocator: { id, displayName }, heaps }) =>
    heaps[0]!.map(
      ({ name, address, ranges }): ListedHeap => ({
        names: [`${id} ${name}`, `${displayName.replace(/ heap$/, '')} ${name}`, name],
        address,
        ranges: intersection(union(ranges), mapped),
      }),
    ),
  );
  if (found.length > 0) return found;
  const regions = dump.regions.filter(({ kind }) => kind === 'heap');
  return [...new Set(regions.map(({ name }) => name))].map((name) => {
    const ranges = union(regions.filter((region) => region.name === name));
    return { names: [name === '' ? 'heap' : name], address: ranges.at(0)!.start, ranges };
  });
}
