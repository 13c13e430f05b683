import type { CapturedRange, LoadedModule, MemoryRegion } from '../../model/dump.ts';
import { capturedIntervals, newRegionTable } from '../../model/dump-tables.ts';
import { newIntervals } from '../../model/intervals.ts';
import type { List, Table } from '../../model/list.ts';
import { cutRanges, type Interval, indexHolding, withoutOverlaps } from '../intervals.ts';
import type { ThreadStack } from './thread-stacks.ts';

/** What the regions of a minidump are put together from. */
export interface RegionParts {
  /** As the system described them; may be empty. Sorted, never overlapping. */
  readonly described: List<MemoryRegion>;
  /** What the dump says it holds, cut off or not. Sorted, never overlapping. */
  readonly declared: List<CapturedRange>;
  readonly modules: readonly LoadedModule[];
  readonly stacks: readonly ThreadStack[];
}

/** An address range of which more is known than that it was captured. */
interface Label extends Interval {
  readonly kind: 'image' | 'stack';
  readonly name: string;
}

/**
 * The described regions, named; memory that the dump says it holds though nothing describes it (most dumps have no
 * description); and, where nothing at all is described, the modules that it does not hold. Sorted, never overlapping.
 */
export function assembleRegions(parts: RegionParts): Table<MemoryRegion> {
  const { described, declared } = parts;
  return newRegionTable(regionsOf(parts), described.length > 0 ? described : capturedIntervals(declared));
}

function* regionsOf(parts: RegionParts): Generator<MemoryRegion, void> {
  const labels = labelsOf(parts);
  for (const region of parts.described) yield nameRegion(region, labels);
  const declared = capturedIntervals(parts.declared);
  const undescribed = newIntervals();
  cutRanges(declared, parts.described, (part, _range, inside) => {
    if (inside === undefined) undescribed.push(part);
  });
  const derived: MemoryRegion[] = [];
  cutRanges(undescribed, labels, (part, _range, label) => derived.push(derivedRegion(part, label)));
  if (parts.described.length === 0) {
    const images = labels.filter((label) => label.kind === 'image');
    cutRanges(images, declared, (part, label, inside) => {
      if (inside === undefined) derived.push(derivedRegion(part, label));
    });
  }
  yield* derived;
}

function labelsOf({ modules, stacks }: RegionParts): Label[] {
  const images = modules.map(({ start, end, path }): Label => ({ start, end, kind: 'image', name: path }));
  const ofThreads = stacks.map(({ start, end, threadId }): Label => {
    return { start, end, kind: 'stack', name: `[stack:${threadId}]` };
  });
  return withoutOverlaps([...images, ...ofThreads]);
}

/** Windows describes regions without naming them; Linux names them better than labels could. */
function nameRegion(region: MemoryRegion, labels: readonly Label[]): MemoryRegion {
  if (region.name !== '') return region;
  const last = labels[indexHolding(labels, region.end - 1)];
  // The guard page below a stack moves down as the stack grows, so a region may begin below the stack's limit.
  if (region.kind === 'private' && last?.kind === 'stack') return { ...region, kind: 'stack', name: last.name };
  const first = labels[indexHolding(labels, region.start)];
  return region.kind === 'image' && first?.kind === 'image' ? { ...region, name: first.name } : region;
}

/** The access rights are not known: memory that was dumped could be read, and most of it can be written. */
function derivedRegion({ start, end }: Interval, label: Label | undefined): MemoryRegion {
  const executable = label?.kind === 'image';
  const kind = label?.kind ?? 'private';
  const name = label?.name ?? '';
  return { start, end, kind, name, readable: true, writable: true, executable, rightsAreAssumed: true };
}
