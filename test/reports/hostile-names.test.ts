import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { capReport } from '../../src/reports/cap-report.ts';
import { type EmbeddedPicture, printSummary, type ReportFormat, reportFormats } from '../../src/reports/index.ts';
import { displayWidth } from '../../src/text/display-width.ts';
import { sampleReport } from '../synth/leak-report.ts';
import { acting, sgr } from './acting.ts';
import { arbitraryReport, hostileNames } from './arbitrary-report.ts';

const runs = { numRuns: 60 };

function pictureOf(text: string): EmbeddedPicture {
  return {
    id: 'growth-heatmap',
    title: text,
    description: text,
    png: new Uint8Array([1, 2, 3]),
    width: 10,
    height: 10,
  };
}

function count(text: string, part: string): number {
  return text.toLowerCase().split(part).length - 1;
}

/** A report in which every text is the given one. */
function withTextEverywhere(name: string): LeakReport {
  const replace = (value: unknown, key = ''): unknown => {
    const kept = [
      'id',
      'kind',
      'trend',
      'status',
      'method',
      'arch',
      'timeSource',
      'capturedAt',
      'suspects',
      'regionIds',
    ];
    if (kept.includes(key) || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
    if (typeof value === 'string') return name;
    if (Array.isArray(value)) return value.map((item) => replace(item, key));
    return Object.fromEntries(Object.entries(value as object).map(([inner, item]) => [inner, replace(item, inner)]));
  };
  return replace(sampleReport()) as LeakReport;
}

const formats = await Promise.all(reportFormats.map(({ load }) => load() as Promise<ReportFormat>));

describe.each(formats)('report format $id', ({ id, write }) => {
  test('no random report gets a script tag or an acting character through', () => {
    fc.assert(
      fc.property(arbitraryReport, fc.constantFrom(...hostileNames), (report, name) => {
        const text = write(report, [pictureOf(name)]);
        expect(acting.exec(text)).toBeNull();
        expect(count(text, '<script')).toBe(id === 'html' ? 1 : 0);
      }),
      runs,
    );
  });

  test.each(hostileNames.map((name) => [JSON.stringify(name.slice(0, 40)), name]))(
    '%s everywhere adds no markup',
    (_, name) => {
      const text = write(withTextEverywhere(name), [pictureOf(name)]);
      const harmless = write(withTextEverywhere('harmless'), [pictureOf('harmless')]);
      for (const tag of ['<script', '<img', '<svg/', '<style', '<body', '<!--', '</title']) {
        expect(count(text, tag), tag).toBe(count(harmless, tag));
      }
      expect(acting.exec(text)).toBeNull();
    },
  );

  test('the same report gives the same text', () => {
    expect(write(sampleReport(), [])).toBe(write(structuredClone(sampleReport()), []));
  });
});

test('JSON of a random report parses back to the same report', () => {
  const json = formats.find((format) => format.id === 'json')!;
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      expect(JSON.parse(json.write(report, []))).toEqual(capReport(report));
    }),
    runs,
  );
});

test('a random report on the terminal has only its own colours, and lines that fit', () => {
  const options = fc.record({
    columns: fc.constantFrom(40, 60, 80, 100, 120, 200),
    color: fc.boolean(),
    unicode: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitraryReport, options, (report, terminal) => {
      const printed = printSummary(report, terminal);
      const text = terminal.color ? printed.replace(sgr, '') : printed;
      expect(acting.exec(text)).toBeNull();
      if (!terminal.unicode) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
      for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(terminal.columns);
    }),
    { numRuns: 150 },
  );
});
