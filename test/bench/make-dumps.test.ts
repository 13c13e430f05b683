import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDumps } from '../../src/open-dumps.ts';
import { formats, makeDumps, regionStart } from './make-dumps.ts';
import { makeRegionDumps } from './make-region-dumps.ts';
import { ownFigures } from './measure.ts';

test.each(formats)('made %s dumps hold one region, all of it, which fills up', async (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bytes = 2 << 20;
  const paths = makeDumps(folder, { content: 'mixed', format, bytes });
  const dumps = await openDumps(paths, format === 'raw' ? { base: regionStart } : {});
  const zeroPages = dumps.map(({ memory, warnings, close }) => {
    expect(warnings).toEqual([]);
    expect(memory.dump.captured.map(({ start, size }) => [start, size])).toEqual([[regionStart, bytes]]);
    const all = Buffer.alloc(bytes);
    expect(memory.read(regionStart, all)).toBe(bytes);
    close();
    return Array.from({ length: bytes / 4096 }, (_, page) => all.subarray(page * 4096, (page + 1) * 4096)).filter(
      (page) => page.equals(Buffer.alloc(4096)),
    ).length;
  });
  // Half of the pages are zero for ever; of a tenth, half are filled between two dumps.
  const [first, second, third] = zeroPages as [number, number, number];
  expect(third).toBeGreaterThan(200);
  expect(first - second).toBeGreaterThan(20);
  expect(second - third).toBeGreaterThan(20);
});

test.each(['elf', 'minidump'] as const)('made %s dumps of many regions gain some from dump to dump', async (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dumps = await openDumps(makeRegionDumps(folder, { format, regions: 1000 }));
  for (const [index, { memory, warnings, close }] of dumps.entries()) {
    const { dump } = memory;
    expect([...dump.warnings, ...warnings]).toEqual([]);
    expect([dump.regions.length, dump.captured.length]).toEqual([800 + index * 100, 800 + index * 100]);
    expect(dump.regions.at(-1)).toMatchObject({ start: regionStart + (799 + index * 100) * 8192, kind: 'private' });
    expect(memory.u32(regionStart + 799 * 8192 + 128)).toBe(800);
    close();
  }
});

test('the times that --verbose tells are read', () => {
  const told = 'leakviz: opening 0.02 s, walking heaps 1.50 s; 1.75 s of processor time, at most 80.1 MB of memory\n';
  const { phases, cpu, peak } = ownFigures(told);
  expect([...phases]).toEqual([
    ['opening', 0.02],
    ['walking heaps', 1.5],
  ]);
  expect([cpu, peak]).toEqual([1.75, '80.1 MB']);
});
