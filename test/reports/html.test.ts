import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { nameMarkup, html as template, trustedMarkup } from '../../src/reports/html/html-template.ts';
import { html } from '../../src/reports/html.ts';
import type { EmbeddedPicture } from '../../src/reports/report-format.ts';
import { reportAllocation, reportDump, reportRegion, sampleReport } from '../synth/leak-report.ts';

function picture(id: string, overrides: Partial<EmbeddedPicture> = {}): EmbeddedPicture {
  return {
    id,
    title: `Title of ${id}`,
    description: `See ${id}.`,
    png: new TextEncoder().encode(id),
    width: 8,
    height: 4,
    ...overrides,
  };
}

const pictures = [
  'overview-1',
  'overview-2',
  'overview-3',
  'growth-heatmap',
  'hatch-a1',
  'straightened-a1',
  'growth-rings',
].map((id) => picture(id));

function write(report: LeakReport, shown: readonly EmbeddedPicture[] = []): string {
  return html.write(report, shown);
}

function contentOf(page: string, element: string): string {
  return new RegExp(`<${element}>([\\s\\S]*?)</${element.split(' ')[0]}>`).exec(page)![1]!;
}

function policy(page: string): string {
  return /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
}

describe('the security policy', () => {
  const page = write(sampleReport(), pictures);

  test('allows nothing but data images and the style and script of the page', () => {
    const hash = (element: string) =>
      `'sha256-${createHash('sha256').update(contentOf(page, element)).digest('base64')}'`;
    expect(policy(page).split('; ')).toEqual([
      "default-src 'none'",
      'img-src data:',
      `style-src ${hash('style')}`,
      `script-src ${hash('script')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('is not weakened by anything inline', () => {
    expect(page).not.toMatch(/ style="| on[a-z]+="|unsafe-/);
  });

  test('has nothing to block: no address leads out of the file', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)|url\(|@import|https?:/);
  });

  test('stands before everything that it governs', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<link'));
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style'));
  });
});

describe('pictures', () => {
  const page = write(sampleReport(), pictures);

  test('are all there, each once', () => {
    for (const { id } of pictures) {
      const source = `data:image/png;base64,${Buffer.from(id).toString('base64')}`;
      expect(page.split(source)).toHaveLength(2);
    }
  });

  test('the heatmap stands with the verdict, hatch and straightened with their suspect', () => {
    const verdict = page.slice(page.indexOf('class="verdict'), page.indexOf('<nav'));
    const card = /<article[\s\S]*?<\/article>/.exec(page)![0];
    expect(verdict).toContain('Title of growth-heatmap');
    expect(card).toContain('Title of hatch-a1');
    expect(card).toContain('Title of straightened-a1');
  });

  test('without a heatmap the verdict shows the first suspect straightened', () => {
    const shown = write(sampleReport(), [picture('straightened-a1')]);
    expect(shown.slice(0, shown.indexOf('<nav'))).toContain('Title of straightened-a1');
  });

  test('none are needed', () => {
    const shown = write(sampleReport(), []);
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('class="viewer"');
  });

  test('one of each dump is flipped through in one place', () => {
    const zeroFill = [1, 2, 3].map((index) => picture(`zero-fill-${index}`, { title: `Zero fill, dump ${index}` }));
    const shown = write(sampleReport(), [...pictures, ...zeroFill]);
    expect(shown.match(/class="viewer"/g)).toHaveLength(2);
    expect(shown).toContain('<summary>Zero fill</summary>');
  });
});

describe('headings', () => {
  test.each(['leak', 'growth', 'none', 'inconclusive'] as const)(
    'of a report with the verdict %s skip no level',
    (status) => {
      const levels = Array.from(write(sampleReport(status), pictures).matchAll(/<h(\d)/g), (match) => Number(match[1]));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    },
  );
});

test('ids are unique, and every link within the page leads to one', () => {
  const page = write(sampleReport('leak'), pictures);
  const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), (match) => match[1]!);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test('every table has a caption and a head for each row', () => {
  const tables = write(sampleReport('leak'), pictures).match(/<table[\s\S]*?<\/table>/g)!;
  for (const table of tables) {
    expect(table).toContain('<caption>');
    expect(table.match(/<tr/g)!.length - 1).toBe(table.match(/<th scope="row"/g)!.length);
  }
});

test('regions that do not grow are folded', () => {
  const page = write(sampleReport('leak'));
  const folded = /<details><summary>5 regions that do not grow[\s\S]*?<\/details>/.exec(page)![0];
  expect(folded).toContain('libc.so.6');
  expect(folded).not.toContain('[heap]');
});

test('the row of the others stays at the foot of its table', () => {
  const regions = Array.from({ length: 1200 }, (_, index) =>
    reportRegion({ id: `r${index}`, mappedBytes: [1, 2, 3 + index] }),
  );
  expect(write(sampleReport('leak', { regions }))).toMatch(/<tfoot><tr[^>]*><th[^>]*><bdi>201 other regions/);
});

describe('the chart', () => {
  const sized = (mappedBytes: number[]) => {
    const base = sampleReport();
    return write({ ...base, growth: { ...base.growth, mappedBytes } });
  };

  test('starts at zero when the growth is large', () => {
    expect(sized([1e6, 2e6, 3e6])).not.toContain('The scale starts at 953 KB');
    expect(sized([1e6, 2e6, 3e6])).toContain('<polygon class="area"');
  });

  test('says so when it does not start at zero', () => {
    expect(sized([1000 * 1048576, 1010 * 1048576, 1020 * 1048576])).toContain(
      'The scale starts at 990 MB, not at zero.',
    );
  });

  test('stands all the same when nothing changes or nothing is there', () => {
    for (const sizes of [
      [5, 5, 5],
      [0, 0, 0],
      [3, 2, 1],
    ])
      expect(contentOf(sized(sizes), 'main id="content"')).not.toContain('NaN');
  });

  test('spaces dumps by time when all times are known', () => {
    const dumps = [0, 1, 10].map((hours) => reportDump({ capturedAt: new Date(hours * 3_600_000).toISOString() }));
    const page = write(sampleReport('leak', { dumps }));
    const x = Array.from(page.matchAll(/<circle class="point" cx="([\d.]+)"/g), (match) => Number(match[1])).slice(
      0,
      3,
    );
    expect((x[1]! - x[0]!) / (x[2]! - x[0]!)).toBeCloseTo(0.1, 2);
  });

  test('spaces them evenly when one is not', () => {
    const dumps = [0, 1, 10].map((hours) =>
      reportDump({ capturedAt: hours === 1 ? null : new Date(hours * 3_600_000).toISOString() }),
    );
    expect(write(sampleReport('leak', { dumps }))).toContain('even distances');
  });
});

test('a suspect links to the class of the same request', () => {
  const allocations = [reportAllocation({ linkedTo: 'a2' }), reportAllocation({ id: 'a2', strideBytes: 65_568 })];
  expect(write(sampleReport('leak', { allocations }))).toContain('<a href="#suspect-2">blocks of 65,568 bytes</a>');
});

describe('the template', () => {
  test('escapes text and leaves markup', () => {
    expect(template`<p title="${`"'<&>`}">${trustedMarkup('<b>')}${['<', template`<i>`]}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;&amp;&gt;"><b>&lt;<i></p>',
    );
  });

  test('leaves nothing for what is absent, but a zero for zero', () => {
    expect(template`${null}${undefined}${false}${''}${0}`.markup).toBe('0');
  });

  test('does not take text for markup because it has a property of that name', () => {
    expect(nameMarkup('<b>').markup).toBe('<bdi>&lt;b&gt;</bdi>');
  });
});

describe('capture times that only count from the first dump', () => {
  const dumps = [0, 600, 1200].map((seconds) =>
    reportDump({ capturedAt: new Date(seconds * 1000).toISOString(), timeSource: 'argument' }),
  );
  const page = write(sampleReport('leak', { dumps }));

  test('are never shown as a date', () => {
    expect(page).not.toContain('1970');
  });

  test('are shown as what they are', () => {
    expect(page).toContain('3 dumps over 20 min');
    expect(page).toContain('<span class="nowrap">+20 min</span> <span class="soft">as given</span>');
  });
});
