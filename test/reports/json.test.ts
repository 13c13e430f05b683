import { describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { json } from '../../src/reports/json.ts';
import { reportDump, reportRegion, sampleReport } from '../synth/leak-report.ts';

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversedKeys(item)]),
  );
}

test('keys stand in the order of the contract, whatever their order in memory', () => {
  const report = sampleReport('leak', { allocations: [] });
  expect(json.write(reversedKeys(report) as LeakReport)).toBe(json.write(report));
});

test('the file starts with the version and ends with a newline', () => {
  const text = json.write(sampleReport());
  expect(text).toMatch(/^\{\n {2}"schemaVersion": 1,\n {2}"tool": \{\n {4}"name": "leakviz",/);
  expect(text).toMatch(/\}\n$/);
});

test('a number per dump stands on one line', () => {
  const regions = [reportRegion({ mappedBytes: [null, 4096, 8192] })];
  expect(json.write(sampleReport('leak', { regions }))).toContain('"mappedBytes": [null, 4096, 8192],');
});

test('keys that a later version adds are written after the known ones', () => {
  const dump = { entropy: [1], ...reportDump() };
  const text = json.write(sampleReport('leak', { dumps: [dump], heaps: [], regions: [], allocations: [] }));
  expect(text).toMatch(/"warnings": \[\],\n {6}"entropy": \[1\]\n {4}\}/);
});

describe('what acts outside of JSON', () => {
  const name = '</script>\u202e\u2028\x9b\u{e0041}';
  const text = json.write(sampleReport('leak', { dumps: [reportDump({ path: name })] }));

  test('is written as an escape', () => {
    expect(text).toContain('"\\u003c/script>\\u202e\\u2028\\u009b\\udb40\\udc41"');
  });

  test('reads back as it was', () => {
    expect(JSON.parse(text).dumps[0].path).toBe(name);
  });
});

test('numbers that are none become null', () => {
  const base = sampleReport();
  const report = { ...base, growth: { ...base.growth, bytesPerHour: Number.NaN } };
  expect(JSON.parse(json.write(report)).growth.bytesPerHour).toBeNull();
});
