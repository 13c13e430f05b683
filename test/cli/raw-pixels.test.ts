import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { listFolder, runCli, temporaryFolder } from './run-cli.ts';
import { writeSmallCores } from './synth-dumps.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

const diff = (...args: string[]) =>
  runCli(['diff', ...writeSmallCores(folder, 2), '-o', 'out', '-q', ...args], { cwd: folder });
const rawFiles = () => listFolder(join(folder, 'out')).filter((name) => name.startsWith('raw-pixels/'));

describe('--raw-pixels', () => {
  test('draws each dump into a folder of its own, says so, and no report shows it', async () => {
    const { code, stderr } = await diff('--raw-pixels', '--bpp', '24', '--bundle');
    expect(code).toBe(0);
    expect(stderr).toMatch(/raw-pixels\/ holds pictures of memory contents, secrets too; the reports do not show them/);
    const names = [1, 2].flatMap((dump) => ['bmp', 'png'].map((type) => `raw-pixels/raw-overview-${dump}.${type}`));
    expect(rawFiles()).toEqual(names);
    for (const report of ['report.html', 'report.md', 'report.json', 'leakviz-report.zip']) {
      expect(readFileSync(join(folder, 'out', report)).includes('raw-overview'), report).toBe(false);
    }
  });

  test('is off unless asked for, and a run without it removes what one with it left', async () => {
    await diff('--raw-pixels');
    expect(rawFiles()).toHaveLength(4);
    await diff();
    expect(rawFiles()).toEqual([]);
  });

  test('refuses a depth that there is not', async () => {
    expect((await diff('--raw-pixels', '--bpp', '12')).stderr).toMatch(/--bpp: expected 8, 16, 24 or 32, found '12'/);
  });
});

test('--layout takes linear and hilbert', async () => {
  expect((await diff('--layout', 'hilbert')).code).toBe(0);
  expect((await diff('--layout', 'spiral')).stderr).toMatch(/--layout: expected linear or hilbert, found 'spiral'/);
});
