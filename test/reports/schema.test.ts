import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dumpFormats } from '../../src/formats/index.ts';
import { architectures, regionKinds } from '../../src/model/dump.ts';
import { fieldKinds, methods, timeSources, trends, verdictStatuses } from '../../src/model/leak-report.ts';
import { mostAllocations, mostHeaps, mostRegions } from '../../src/reports/cap-report.ts';
import { json } from '../../src/reports/json.ts';
import { reportAllocation, reportHeap, reportRegion, sampleReport } from '../synth/leak-report.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

function problems(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function written(report: Parameters<typeof json.write>[0]): unknown {
  return JSON.parse(json.write(report));
}

describe('a report fits its schema', () => {
  test.each(verdictStatuses)('with the verdict %s', (status) => {
    expect(problems(written(sampleReport(status)))).toEqual([]);
  });

  test('when its lists were capped', () => {
    const regions = Array.from({ length: 1200 }, (_, index) =>
      reportRegion({ id: `r${index}`, mappedBytes: [1, 2, 3] }),
    );
    const allocations = Array.from({ length: 300 }, (_, index) => reportAllocation({ id: `a${index}` }));
    const heaps = Array.from({ length: 300 }, (_, index) => reportHeap({ id: `h${index}` }));
    expect(problems(written(sampleReport('leak', { regions, allocations, heaps })))).toEqual([]);
  });

  test('when keys were added', () => {
    const report = sampleReport();
    expect(problems({ ...report, added: true, growth: { ...report.growth, added: [] } })).toEqual([]);
  });
});

/** Every path to a key that an object of the contract has, through the first item of each array. */
function keyPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (Array.isArray(value)) return value.length === 0 ? [] : keyPaths(value[0], [...path, '0']);
  if (typeof value !== 'object' || value === null || path.at(-1) === 'values') return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...keyPaths(item, [...path, key])]);
}

function without(value: unknown, path: readonly string[]): unknown {
  const copy = structuredClone(value);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  delete (parent as Record<string, unknown>)[path.at(-1)!];
  return copy;
}

describe('every key of the contract is required', () => {
  const report = sampleReport();
  const dumps = report.dumps.toSorted((a, b) => b.warnings.length - a.warnings.length);
  const full = { ...report, dumps };
  test.each(keyPaths(full).map((path) => [path.join('.'), path] as const))('%s', (_, path) => {
    expect(problems(without(full, path))).not.toEqual([]);
  });
});

describe('the tokens of the schema are those of the model', () => {
  test.each([
    ['format', dumpFormats.map(({ id }) => id)],
    ['architecture', architectures],
    ['timeSource', timeSources],
    ['regionKind', regionKinds],
    ['trend', trends],
    ['method', methods],
    ['fieldKind', fieldKinds],
    ['verdictStatus', verdictStatuses],
  ])('%s', (name, tokens) => {
    expect(schema.$defs[name].enum).toEqual(tokens);
  });

  test('and a token that is not listed is refused', () => {
    fc.assert(
      fc.property(fc.string(), (status) => {
        fc.pre(!(verdictStatuses as readonly string[]).includes(status));
        const report = sampleReport();
        expect(problems({ ...report, verdict: { ...report.verdict, status } })).not.toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});

test('the caps of the schema are those that reports are cut to', () => {
  expect(schema.properties.regions.maxItems).toBe(mostRegions);
  expect(schema.properties.allocations.maxItems).toBe(mostAllocations);
  expect(schema.properties.heaps.maxItems).toBe(mostHeaps);
});
