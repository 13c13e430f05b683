import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { markdown, mostCharacters } from '../../src/reports/markdown.ts';
import { markdownName, markdownPath, markdownTable, markdownText } from '../../src/reports/markdown-text.ts';
import { reportAllocation, reportDump, reportPicture, reportRegion, sampleReport } from '../synth/leak-report.ts';

function write(report: LeakReport): string {
  return markdown.write(report);
}

/** Lines of all pipe tables, with the number of cells in each. */
function tableWidths(text: string): number[][] {
  const tables = text.split('\n\n').filter((part) => part.startsWith('|'));
  return tables.map((table) => table.split('\n').map((line) => line.replace(/\\\|/g, '').split('|').length - 2));
}

test('the verdict comes first', () => {
  const [title, , summary] = write(sampleReport('leak')).split('\n');
  expect(title).toBe('# Leak: `serviced`');
  expect(summary).toMatch(/^\*\*Blocks of 65,552 bytes .*\*\*$/);
});

test('every row of a table has as many cells as its head', () => {
  const name = 'a|b\\|c`d|e';
  const report = sampleReport('leak', {
    regions: [reportRegion({ name, mappedBytes: [1, 2, 3] })],
    dumps: [1, 2, 3].map(() => reportDump({ path: name, processName: name })),
  });
  const widths = tableWidths(write(report));
  expect(widths.length).toBeGreaterThanOrEqual(4);
  for (const table of widths) expect(new Set(table).size).toBe(1);
});

test('pictures are linked by their relative path', () => {
  const pictures = [reportPicture('growth-heatmap', 'Growth'), reportPicture('straightened-a1', 'Straight')];
  const text = write(sampleReport('leak', { pictures }));
  expect(text).toContain('![Growth](pictures/growth-heatmap.png)');
  expect(text).toContain('![Straight](pictures/straightened-a1.png)');
});

test('without pictures nothing is linked', () => {
  expect(write(sampleReport('leak', { pictures: [] }))).not.toContain('![');
});

test('without suspects there is no table of suspects', () => {
  expect(write(sampleReport('none'))).not.toContain('## Suspects');
});

test('a reason that the verdict gives already is not given again', () => {
  const text = 'Nothing was captured.';
  const verdict = {
    status: 'inconclusive',
    summary: `No verdict. ${text}`,
    suspects: [],
    reasons: [{ code: 'x', text }],
  } as const;
  expect(write(sampleReport('inconclusive', { verdict })).split(text)).toHaveLength(2);
});

describe('a report of any size stays below what trackers take', () => {
  const longName = `C:\\${'Very Long Directory\\'.repeat(200)}x.dll`;
  const long = `Something | happened *often* ${'<word> '.repeat(2000)}`;
  const dumps = Array.from({ length: 60 }, (_, index) =>
    reportDump({
      path: longName,
      capturedAt: new Date(index * 1e6).toISOString(),
      warnings: Array.from({ length: 500 }, () => ({ code: 'w', message: long, offset: 1 })),
    }),
  );
  const counts = dumps.map((_, index) => index * 1e6);
  const evidence = Array.from({ length: 50 }, () => ({ kind: 'x', for: true, text: long, values: {} }));
  const allocations = Array.from({ length: 1000 }, (_, index) =>
    reportAllocation({
      id: `a${index}`,
      strideBytes: 16 * (index + 1),
      counts,
      evidence,
      allocator: longName,
      typeName: longName,
    }),
  );
  const regions = Array.from({ length: 1000 }, (_, index) =>
    reportRegion({ id: `r${index + 1}`, name: longName, mappedBytes: counts }),
  );
  const base = sampleReport();
  const report: LeakReport = {
    ...base,
    dumps,
    regions,
    allocations,
    growth: {
      ...base.growth,
      mappedBytes: counts,
      populatedBytes: counts,
      ratios: { toFirst: counts, toPrevious: counts },
    },
    verdict: {
      status: 'leak',
      summary: long,
      suspects: allocations.map(({ id }) => id),
      reasons: evidence.map(({ text }) => ({ code: 'r', text })),
    },
  };
  const text = write(report);

  test('it is short', () => {
    expect(text.length).toBeLessThan(mostCharacters);
  });

  test('it still has all of its parts', () => {
    for (const heading of ['# Leak', '## Suspects', '## Regions that grow', '## Dumps'])
      expect(text).toContain(heading);
  });

  test('many dumps are cut to the first, the last and some between', () => {
    expect(text).toContain('|  | Dump 1 | Dump 13 | Dump 25 | Dump 36 | Dump 48 | Dump 60 | Change |');
  });
});

describe('names', () => {
  test.each([
    ['[heap]', '`[heap]`'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    ['<b>', '`\\x3cb>`'],
    ['', '–'],
  ])('%j is written %j', (name, text) => {
    expect(markdownName(name)).toBe(text);
  });
});

describe('sentences', () => {
  test.each([
    ['2 * 3 * 4', '2 \\* 3 \\* 4'],
    ['NT_FILE [x](y)', 'NT\\_FILE \\[x\\](y)'],
    ['a < b & c', 'a &lt; b & c'],
    ['&lt;', '&amp;lt;'],
    ['ask @everyone', 'ask \\\\x40everyone'],
    ['>99% of it', '\\>99% of it'],
    ['# no heading', '\\# no heading'],
    ['1. no list', '1\\. no list'],
    ['2 > 1', '2 > 1'],
  ])('%j is written %j', (text, written) => {
    expect(markdownText(text)).toBe(written);
  });
});

describe('paths', () => {
  test.each([
    ['pictures/a b.png', 'pictures/a%20b.png'],
    ['../../etc/x.png', 'etc/x.png'],
    ['/abs\\win.png', 'abs/win.png'],
    ['javascript:alert(1)', 'javascript%3Aalert%281%29'],
    ['\ud800.png', '.png'],
  ])('%j becomes %j', (path, written) => {
    expect(markdownPath(path)).toBe(written);
  });
});

test('pipes in cells are escaped once', () => {
  expect(markdownTable([{ title: 'x' }], [['a|b'], ['a\\|b'], ['a\\\\|b']])).toBe(
    '| x |\n| --- |\n| a\\|b |\n| a\\|b |\n| a\\\\\\|b |',
  );
});
