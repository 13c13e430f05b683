import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import {
  capReport,
  mostAllocations,
  mostHeaps,
  mostRegions,
  mostWarnings,
  othersId,
} from '../../src/reports/cap-report.ts';
import { reportAllocation, reportDump, reportHeap, reportRegion, sampleReport } from '../synth/leak-report.ts';
import { arbitraryReport } from './arbitrary-report.ts';

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function manyRegions(count: number): LeakReport['regions'] {
  return range(count).map((index) =>
    reportRegion({ id: `r${index}`, mappedBytes: [index === 1 ? null : 100, 100 + index, 100 + 2 * index] }),
  );
}

function manyAllocations(count: number): LeakReport['allocations'] {
  return range(count).map((index) =>
    reportAllocation({ id: `a${index}`, strideBytes: 16 * index, counts: [1, 2, 3], regionIds: [`r${index}`] }),
  );
}

function totalGrowth(regions: LeakReport['regions']): number {
  return regions.reduce((sum, region) => sum + Math.max(0, region.growthBytes), 0);
}

test('a short report is left as it is', () => {
  expect(capReport(sampleReport())).toEqual(sampleReport());
});

test('capping twice changes nothing more', () => {
  const report = sampleReport('leak', { regions: manyRegions(1500), allocations: manyAllocations(300) });
  expect(capReport(capReport(report))).toEqual(capReport(report));
});

test('capping a random report that is short enough changes only references that lead nowhere', () => {
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      const capped = capReport(report);
      expect(capped.regions).toEqual(report.regions);
      expect(capped.allocations.map(({ id }) => id)).toEqual(report.allocations.map(({ id }) => id));
    }),
    { numRuns: 20 },
  );
});

describe('of many regions', () => {
  const report = sampleReport('leak', { regions: manyRegions(2500), allocations: [] });
  const { regions } = capReport(report);
  const others = regions.at(-1)!;

  test('a thousand rows are left, the last for the others', () => {
    expect(regions).toHaveLength(mostRegions);
    expect(others).toMatchObject({
      id: othersId,
      kind: 'unknown',
      name: '1,501 other regions',
      start: [null, null, null],
    });
  });

  test('the largest growth is kept, in its old order', () => {
    expect(regions[0]!.id).toBe('r1502');
    expect(regions.at(-2)!.id).toBe('r2500');
  });

  test('the growth of all rows still adds up', () => {
    expect(totalGrowth(regions)).toBe(totalGrowth(report.regions));
  });

  test('the others are summed up per dump', () => {
    const sum = (index: number) =>
      report.regions.slice(0, 1501).reduce((total, region) => total + (region.mappedBytes[index] ?? 0), 0);
    expect(others.mappedBytes).toEqual([sum(0), sum(1), sum(2)]);
    expect(others.liveBytes).toEqual([null, null, null]);
    expect(others.trend).toBe('steady');
  });
});

describe('of many allocations', () => {
  const report = sampleReport('leak', {
    regions: manyRegions(2),
    allocations: manyAllocations(500),
    verdict: { status: 'leak', summary: '', suspects: ['a3'], reasons: [] },
  });
  const { allocations } = capReport(report);
  const others = allocations.at(-1)!;

  test('two hundred rows are left, the last for the others', () => {
    expect(allocations).toHaveLength(mostAllocations);
    expect(others).toMatchObject({ id: othersId, strideBytes: 0, requestBytes: null, typeName: '301 other classes' });
    expect(others.growthCount).toBe(301 * 2);
  });

  test('a suspect is kept however small it is', () => {
    expect(allocations[0]!.id).toBe('a3');
  });

  test('a link to a class that was left out is gone', () => {
    const linked = [
      ...report.allocations.slice(0, -1),
      reportAllocation({ id: 'a500', strideBytes: 1e6, linkedTo: 'a1' }),
    ];
    const capped = capReport({ ...report, allocations: linked });
    expect(capped.allocations.find(({ id }) => id === 'a500')!.linkedTo).toBeNull();
  });
});

test('an allocation in regions that were left out lies in the others, said once', () => {
  const regions = manyRegions(2500);
  const allocations = [reportAllocation({ regionIds: range(2500).map((index) => `r${index}`) })];
  const capped = capReport(sampleReport('leak', { regions, allocations }));
  const { regionIds } = capped.allocations[0]!;
  expect(regionIds).toHaveLength(mostRegions);
  expect(regionIds.filter((id) => id === othersId)).toHaveLength(1);
});

test('of many heaps the largest are kept', () => {
  const heaps = range(300).map((index) =>
    reportHeap({ id: `h${index}`, liveBytes: [0, 0, index], freeBytes: [1, null, 1] }),
  );
  const capped = capReport(sampleReport('leak', { heaps })).heaps;
  expect(capped).toHaveLength(mostHeaps);
  expect(capped[0]!.id).toBe('h102');
  expect(capped.at(-1)).toMatchObject({
    id: othersId,
    name: '101 other heaps',
    address: '',
    freeBytes: [101, null, 101],
  });
});

test('of many warnings the first are kept and the rest counted', () => {
  const warnings = range(5000).map((index) => ({ code: 'bad', message: `${index}`, offset: null }));
  const [dump] = capReport(sampleReport('leak', { dumps: [reportDump({ warnings })] })).dumps;
  expect(dump!.warnings).toHaveLength(mostWarnings);
  expect(dump!.warnings.at(-1)!.message).toBe('4,901 more warnings');
});
