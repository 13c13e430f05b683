import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeEach, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { type CliResult, listFolder, readFolder, runCli, sampleDumps, temporaryFolder } from './run-cli.ts';
import { writeSmallCores } from './synth-dumps.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

const zip = () => readFileSync(join(folder, 'leakviz-report', 'leakviz-report.zip'));

async function bundle(...more: string[]): Promise<CliResult> {
  return await runCli(['diff', ...sampleDumps('linux-63'), '--bundle', ...more], { cwd: folder });
}

test('the bundle holds the reports and the PNGs as they lie in the folder, and no BMP', async () => {
  const { code, stdout } = await bundle();
  expect(code).toBe(exitCodes.done);
  expect(stdout).toContain(`Bundle: ${join('leakviz-report', 'leakviz-report.zip')}\n`);
  const files = unzipSync(zip());
  const written = readFolder(join(folder, 'leakviz-report'));
  const wanted = [...written.keys()].filter((name) => !/\.(bmp|zip)$/.test(name));
  expect(Object.keys(files).sort()).toEqual([...wanted, 'CONTENTS.txt'].sort());
  for (const name of wanted) expect(Buffer.from(files[name]!).equals(written.get(name)!), name).toBe(true);
  expect(Buffer.from(files['CONTENTS.txt']!).toString()).toContain('No memory contents');
  expect(zip().length).toBeLessThan(10 << 20);
});

test('the same dumps give the same bundle', async () => {
  await bundle();
  const first = zip();
  await bundle();
  expect(zip().equals(first)).toBe(true);
});

test('pictures are scaled down to fit, and that is said', async () => {
  await bundle('--report', 'html');
  const limit = Math.round(zip().length * 0.6);
  const { stderr } = await bundle('--report', 'html', '--bundle-limit', String(limit));
  expect(zip().length).toBeLessThanOrEqual(limit);
  expect(stderr).toMatch(/leakviz-report\.zip: Pictures are at 1\/[248] of their size, to fit /);
  const files = unzipSync(zip());
  expect(Buffer.from(files['CONTENTS.txt']!).toString()).toMatch(/Pictures are at 1\/[248] of their size/);
  const full = readFileSync(join(folder, 'leakviz-report', 'pictures', 'overview-1.png'));
  const small = Buffer.from(files['pictures/overview-1.png']!);
  // Width in the header of a PNG.
  expect(small.readUInt32BE(16)).toBeLessThan(full.readUInt32BE(16));
});

test('where even that does not help, pictures are left out', async () => {
  const { stderr } = await bundle('--report', 'json', '--bundle-limit', '20k');
  expect(stderr).toContain('Pictures are left out, to fit 20 KB.');
  const names = Object.keys(unzipSync(zip()));
  expect(names.filter((name) => name.endsWith('.png'))).toEqual([]);
  expect(names).toContain('report.json');
});

test('reports that are larger than the limit by themselves are bundled all the same, and it says what to do', async () => {
  const { code, stderr } = await bundle('--report', 'json', '--bundle-limit', '1k', '--no-pictures');
  expect(stderr).toMatch(
    /leakviz-report\.zip: Its reports alone take [\d.]+ KB, more than the 1 KB of --bundle-limit: give/,
  );
  expect(code).toBe(exitCodes.done);
  expect(Object.keys(unzipSync(zip()))).toContain('report.json');
});

test('an old bundle does not stay beside a new report', async () => {
  const dumps = writeSmallCores(folder, 3);
  await runCli(['diff', ...dumps, '--no-pictures', '--bundle', '-o', 'out'], { cwd: folder });
  expect(listFolder(join(folder, 'out'))).toContain('leakviz-report.zip');
  await runCli(['diff', ...dumps, '--no-pictures', '-o', 'out'], { cwd: folder });
  expect(listFolder(join(folder, 'out'))).not.toContain('leakviz-report.zip');
});

test('a limit without a bundle is a mistake', async () => {
  const { code, stderr } = await runCli(['diff', ...writeSmallCores(folder, 2), '--bundle-limit', '1MB']);
  expect(stderr).toMatch(/--bundle-limit is the size of a bundle/);
  expect(code).toBe(exitCodes.badInput);
});

test('contents are marked in the bundle', async () => {
  await runCli(['diff', ...sampleDumps('linux-65535'), '--no-pictures', '--bundle', '--include-contents'], {
    cwd: folder,
  });
  const files = unzipSync(zip());
  const report = JSON.parse(Buffer.from(files['report.json']!).toString()) as LeakReport;
  expect(report.contents!.length).toBeGreaterThan(0);
  for (const name of ['CONTENTS.txt', 'report.html', 'report.md']) {
    expect(Buffer.from(files[name]!).toString(), name).toContain('CONTAINS MEMORY CONTENTS');
  }
});
