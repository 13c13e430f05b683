import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { printSummary, printSummaryBody, printVerdict, type TerminalOptions } from '../../src/reports/index.ts';
import { wrapText } from '../../src/reports/terminal/text-table.ts';
import { displayWidth, fitToWidth } from '../../src/text/display-width.ts';
import { reportAllocation, reportDump, reportRegion, sampleReport } from '../synth/leak-report.ts';

const plain80: TerminalOptions = { columns: 80, color: false, unicode: true };
const plain200: TerminalOptions = { ...plain80, columns: 200 };

/** A report with as many rows as the summary may have to show. */
function crowdedReport(dumpCount: number): LeakReport {
  const base = sampleReport();
  const series = (last: number) =>
    Array.from({ length: dumpCount }, (_, index) => Math.round((last * (index + 1)) / dumpCount));
  const allocations = Array.from({ length: 9 }, (_, index) =>
    reportAllocation({ id: `a${index}`, strideBytes: 1_048_592 + index, counts: series(123_456_789) }),
  );
  const regions = Array.from({ length: 40 }, (_, index) =>
    reportRegion({
      id: `r${index}`,
      name: `libsomething-${index}-with-a-long-name.so.1.2.3`,
      mappedBytes: series(1e11 - index * 1e9),
    }),
  );
  return {
    ...base,
    regions,
    allocations,
    dumps: series(9).map((count, index) =>
      reportDump({
        threadCount: count,
        moduleCount: count,
        regionCount: count,
        capturedAt: new Date(index * 5e6).toISOString(),
      }),
    ),
    growth: {
      ...base.growth,
      mappedBytes: series(1e12),
      populatedBytes: series(1e11),
      ratios: { toFirst: series(10), toPrevious: series(2) },
    },
    verdict: { ...base.verdict, suspects: allocations.map(({ id }) => id) },
  };
}

test('the verdict stands on the first line', () => {
  expect(printSummary(sampleReport('leak'), plain80).split('\n')[0]).toMatch(/^ LEAK {2}Blocks of 65,552 bytes/);
});

test('verdict and body together are the summary', () => {
  const report = sampleReport('growth');
  expect(printVerdict(report.verdict, plain80) + printSummaryBody(report, plain80)).toBe(printSummary(report, plain80));
});

test('a suspect shows stride, request, all counts, growth, rate, share and confidence in 80 columns', () => {
  const line = printSummary(sampleReport('leak'), plain80)
    .split('\n')
    .find((candidate) => candidate.includes('65,529–65,544'));
  expect(line).toMatch(/65,552 +65,529–65,544 +108 → 262 → 500 +\+24\.5 MB +245 MB\/h +97% +98%$/);
});

test('200 columns show more', () => {
  const text = printSummary(sampleReport('leak'), plain200);
  for (const word of ['Starts at', 'Trend', 'Allocator', 'glibc malloc', 'Lies in']) expect(text).toContain(word);
});

test('regions without a name are told apart by their address', () => {
  expect(printSummary(sampleReport('leak'), plain80)).toContain('private at 0x550000000000');
});

test('counts that do not change are left out', () => {
  const text = printSummary(sampleReport('leak'), plain80);
  expect(text).toMatch(/Threads +3 +3 +4 +\+1/);
  expect(text).not.toContain('Modules');
});

test('where nothing grows, it says so', () => {
  const regions = [reportRegion({ mappedBytes: [5, 5, 5] })];
  expect(printSummary(sampleReport('none', { regions }), plain80)).toContain(
    'No region grows from the first dump to the last',
  );
});

test('unknown rates take no column', () => {
  const allocations = [reportAllocation({ bytesPerHour: null })];
  const report = sampleReport('leak', {
    allocations,
    verdict: { status: 'leak', summary: 'x', suspects: ['a1'], reasons: [] },
  });
  expect(printSummary(report, plain80)).not.toContain('Rate');
});

test('growth that the baseline accepts is marked, on a narrow terminal too', () => {
  const sample = sampleReport('leak');
  expect(printSummary(sample, plain80)).not.toContain('Baseline');
  const text = printSummary({ ...sample, gate: { ...sample.gate!, known: ['a2'] } }, plain80);
  expect(text).toMatch(/^ +Stride.* Baseline/m);
  expect(text).toMatch(/^ +65,552 .* new /m);
  expect(text.match(/ known /g)).toHaveLength(1);
});

test('more regions than fit are summed up', () => {
  expect(printSummary(crowdedReport(3), plain80)).toContain('32 more regions');
});

describe.each([2, 3, 12, 60])('with %d dumps', (dumpCount) => {
  test.each([40, 80, 120, 200])('everything fits %d columns', (columns) => {
    for (const unicode of [true, false]) {
      const lines = printSummary(crowdedReport(dumpCount), { columns, color: false, unicode }).split('\n');
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });

  test('it fits a screen of 40 lines', () => {
    expect(printSummary(crowdedReport(dumpCount), plain80).split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe('colour', () => {
  test('is off without being asked for', () => {
    expect(printSummary(sampleReport('leak'), plain80)).not.toContain('\x1b');
  });

  test('changes nothing but the colour', () => {
    const colored = printSummary(sampleReport('leak'), { ...plain80, color: true });
    const stripped = colored.replace(/\p{Cc}\[\d+m/gu, '');
    expect(colored).toContain('\x1b[31m');
    const trimmed = (text: string) => text.replace(/ +$/gm, '');
    expect(trimmed(stripped)).toBe(trimmed(printSummary(sampleReport('leak'), plain80)));
  });
});

test('a terminal without Unicode gets ASCII only', () => {
  const text = printSummary(sampleReport('leak', { dumps: [reportDump({ path: 'müll.core' })] }), {
    ...plain80,
    unicode: false,
  });
  expect(text).toMatch(/^[\n\x20-\x7e]+$/);
  expect(text).toContain('108 -> 262 -> 500');
});

describe('text on a terminal', () => {
  test('wide characters count twice and accents not at all', () => {
    expect(displayWidth('漢字')).toBe(4);
    expect(displayWidth('👍')).toBe(2);
    expect(displayWidth('e\u0301')).toBe(1);
  });

  test('what does not fit loses its middle', () => {
    expect(fitToWidth('libsomething.so', 9, '…')).toBe('libs…g.so');
    expect(displayWidth(fitToWidth('漢字漢字漢字', 7, '…'))).toBeLessThanOrEqual(7);
  });

  test('words are wrapped whole, and cut only when longer than a line', () => {
    expect(wrapText('one two three', 8, '  ')).toEqual(['one two', '  three']);
    expect(wrapText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});

test('a warning says which dump it is about', () => {
  const warnings = [{ code: 'time-order', message: 'this dump is older than the one before it', offset: null }];
  const dumps = [reportDump({ path: '1.dmp', warnings: [] }), reportDump({ path: '2.dmp', warnings })];
  expect(printSummaryBody(sampleReport('leak', { dumps }), plain200)).toContain('1 warning: 2.dmp: this dump is older');
});

test('where blocks fill what was free in a heap, the sum over the regions stands beside their growth', () => {
  const mib = 2 ** 20;
  const base = sampleReport();
  const regions = [reportRegion({ mappedBytes: [4 * mib, 5 * mib, 7 * mib] })];
  const titled = (totalBytes: number) =>
    printSummaryBody({ ...base, regions, growth: { ...base.growth, totalBytes } }, plain200);
  expect(titled(3 * mib)).toContain('Where memory grows: 3 MB in all\n');
  expect(titled(5 * mib)).toContain('Where memory grows: 3 MB in all, live blocks by 5 MB\n');
});

test.each([30, 40, 50, 60])(
  'on a terminal of %i columns no number is cut, for the rest of it reads as another',
  (columns) => {
    const mib = 2 ** 20;
    const regions = [reportRegion({ name: 'a heap of a long name', mappedBytes: [6.7 * mib, 16.2 * mib, 30.6 * mib] })];
    const body = printSummaryBody(sampleReport('leak', { regions }), { ...plain80, columns });
    const row = body.split('\n').find((line) => line.includes('a heap'));
    expect(row).not.toMatch(/\d…|…[\d.,]/);
    expect(row).toContain('+23.9 MB');
  },
);
