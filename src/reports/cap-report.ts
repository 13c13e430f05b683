import type {
  LeakReport,
  PerDump,
  ReportAllocation,
  ReportDump,
  ReportHeap,
  ReportRegion,
  Trend,
} from '../model/leak-report.ts';
import { printCount } from '../text/print-quantity.ts';

/** Id of the last row of a capped list, which stands for all that were left out. */
export const othersId = 'others';

/** Rows of a capped list, the one for the others included. */
export const mostRegions = 1000;
export const mostAllocations = 200;
export const mostHeaps = 200;
export const mostWarnings = 100;

/**
 * The report with its lists cut to a readable length, whatever the dumps held. What is cut stands summed up in a last
 * row with the id `others`. A report that is short enough is returned as it is, so capping twice changes nothing.
 */
export function capReport(report: LeakReport): LeakReport {
  const allocations = capAllocations(report);
  const regions = capRegions(report.regions, new Set(allocations.flatMap((allocation) => allocation.regionIds)));
  const regionIds = new Set(regions.map((region) => region.id));
  const allocationIds = new Set(allocations.map((allocation) => allocation.id));
  return {
    ...report,
    dumps: report.dumps.map(capWarnings),
    regions,
    heaps: capHeaps(report.heaps),
    allocations: allocations.map((allocation) => keepReferences(allocation, regionIds, allocationIds)),
    verdict: { ...report.verdict, suspects: report.verdict.suspects.filter((id) => allocationIds.has(id)) },
  };
}

/** Keeps the most important items in their own order; undefined when all may stay. */
function split<T>(items: readonly T[], most: number, importance: (item: T) => readonly number[]) {
  if (items.length <= most) return undefined;
  const ranked = items.map((item, index) => ({ item, index, importance: importance(item) }));
  ranked.sort((a, b) => compareDescending(a.importance, b.importance) || a.index - b.index);
  const kept = new Set(ranked.slice(0, most - 1).map((entry) => entry.item));
  return { kept: items.filter((item) => kept.has(item)), others: items.filter((item) => !kept.has(item)) };
}

function compareDescending(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = (b[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

function largest(values: PerDump<number>): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** Sums per dump; null only where no item has a number. */
function sumPerDump<T>(items: readonly T[], values: (item: T) => PerDump<number>): (number | null)[] {
  const dumpCount = items.reduce((most, item) => Math.max(most, values(item).length), 0);
  return Array.from({ length: dumpCount }, (_, dump) =>
    items.reduce<number | null>((sum, item) => {
      const value = values(item)[dump] ?? null;
      return value === null ? sum : (sum ?? 0) + value;
    }, null),
  );
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** The others are a mixture: their trend is only as exact as signs of steps can be. */
function trendOf(values: PerDump<number>): Trend {
  const known = values.map((value) => value ?? 0);
  const steps = known.slice(1).map((value, index) => value - known[index]!);
  if (steps.every((step) => step === 0)) return 'flat';
  if (steps.every((step) => step <= 0)) return 'shrinking';
  if (steps.some((step) => step < 0)) return 'sawtooth';
  return steps.every((step) => step > 0) ? 'steady' : 'jump';
}

function capRegions(regions: readonly ReportRegion[], referenced: ReadonlySet<string>): readonly ReportRegion[] {
  const parts = split(regions, mostRegions, (region) => [
    Math.max(0, region.growthBytes),
    referenced.has(region.id) ? 1 : 0,
    Math.abs(region.growthBytes),
    largest(region.mappedBytes),
  ]);
  return parts === undefined ? regions : [...parts.kept, otherRegions(parts.others)];
}

function otherRegions(others: readonly ReportRegion[]): ReportRegion {
  const perDump = (values: (region: ReportRegion) => PerDump<number>) => sumPerDump(others, values);
  const mappedBytes = perDump((region) => region.mappedBytes);
  const nowhere = mappedBytes.map(() => null);
  return {
    id: othersId,
    start: nowhere,
    end: nowhere,
    kind: 'unknown',
    name: `${printCount(others.length)} other regions`,
    mappedBytes,
    capturedBytes: perDump((region) => region.capturedBytes),
    populatedBytes: perDump((region) => region.populatedBytes),
    zeroBytes: perDump((region) => region.zeroBytes),
    liveBytes: perDump((region) => region.liveBytes),
    freeBytes: perDump((region) => region.freeBytes),
    changes: {
      unchangedBytes: perDump((region) => region.changes.unchangedBytes),
      changedBytes: perDump((region) => region.changes.changedBytes),
      newBytes: perDump((region) => region.changes.newBytes),
    },
    // Of the growing ones only, so that the growth of all rows adds up to the total growth.
    growthBytes: sum(others, (region) => Math.max(0, region.growthBytes)),
    trend: trendOf(mappedBytes),
  };
}

function capAllocations(report: LeakReport): readonly ReportAllocation[] {
  const suspects = new Set(report.verdict.suspects);
  const parts = split(report.allocations, mostAllocations, (allocation) => [
    suspects.has(allocation.id) ? 1 : 0,
    Math.max(0, allocation.growthBytes),
    largest(allocation.counts) * allocation.strideBytes,
  ]);
  return parts === undefined ? report.allocations : [...parts.kept, otherAllocations(parts.others)];
}

function otherAllocations(others: readonly ReportAllocation[]): ReportAllocation {
  const counts = sumPerDump(others, (allocation) => allocation.counts);
  const rates = others.map((allocation) => allocation.bytesPerHour).filter((rate) => rate !== null);
  const growing = (value: number) => Math.max(0, value);
  return {
    id: othersId,
    strideBytes: 0,
    linkedTo: null,
    requestBytes: null,
    allocator: null,
    method: others.every((allocation) => allocation.method === 'chunk-walk') ? 'chunk-walk' : 'stride',
    counts,
    countError: Math.max(...others.map((allocation) => allocation.countError)),
    freeCounts: sumPerDump(others, (allocation) => allocation.freeCounts),
    growthCount: sum(others, (allocation) => growing(allocation.growthCount)),
    growthBytes: sum(others, (allocation) => growing(allocation.growthBytes)),
    shareOfGrowth: Math.min(
      1,
      sum(others, (allocation) => growing(allocation.shareOfGrowth)),
    ),
    bytesPerHour: rates.length === 0 ? null : sum(rates, growing),
    confidence: Math.min(...others.map((allocation) => allocation.confidence)),
    trend: trendOf(counts),
    regionIds: [],
    sampleAddresses: [],
    typeName: `${printCount(others.length)} other classes`,
    fields: [],
    evidence: [],
  };
}

/** A reference to what was cut leads to the row of the others, or nowhere. */
function keepReferences(
  allocation: ReportAllocation,
  regionIds: ReadonlySet<string>,
  allocationIds: ReadonlySet<string>,
): ReportAllocation {
  const linkLost = allocation.linkedTo !== null && !allocationIds.has(allocation.linkedTo);
  const regionLost = regionIds.has(othersId) && allocation.regionIds.some((id) => !regionIds.has(id));
  if (!linkLost && !regionLost) return allocation;
  const shown = allocation.regionIds.map((id) => (regionLost && !regionIds.has(id) ? othersId : id));
  return {
    ...allocation,
    linkedTo: linkLost ? null : allocation.linkedTo,
    regionIds: [...new Set(shown)],
  };
}

function capHeaps(heaps: readonly ReportHeap[]): readonly ReportHeap[] {
  const parts = split(heaps, mostHeaps, (heap) => [largest(heap.liveBytes), largest(heap.freeBytes)]);
  if (parts === undefined) return heaps;
  const allocators = new Set(parts.others.map((heap) => heap.allocator));
  const others: ReportHeap = {
    id: othersId,
    allocator: allocators.size === 1 ? parts.others[0]!.allocator : '',
    name: `${printCount(parts.others.length)} other heaps`,
    address: '',
    liveBlocks: sumPerDump(parts.others, (heap) => heap.liveBlocks),
    liveBytes: sumPerDump(parts.others, (heap) => heap.liveBytes),
    freeBlocks: sumPerDump(parts.others, (heap) => heap.freeBlocks),
    freeBytes: sumPerDump(parts.others, (heap) => heap.freeBytes),
  };
  return [...parts.kept, others];
}

function capWarnings(dump: ReportDump): ReportDump {
  if (dump.warnings.length <= mostWarnings) return dump;
  const left = dump.warnings.length - (mostWarnings - 1);
  const message = `${printCount(left)} more warnings`;
  return {
    ...dump,
    warnings: [...dump.warnings.slice(0, mostWarnings - 1), { code: othersId, message, offset: null }],
  };
}
