import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { listFolder, mainFile, readFolder, runCli, runInShell, sampleDumps, temporaryFolder } from './run-cli.ts';
import { writeSmallCores } from './synth-dumps.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

function readReport(path: string): LeakReport {
  return JSON.parse(readFileSync(path, 'utf8')) as LeakReport;
}

async function makeReport(series: string, name: string): Promise<Map<string, Buffer>> {
  await runCli(['diff', ...sampleDumps(series), '-o', name], { cwd: folder });
  return readFolder(join(folder, name));
}

describe('results go to stdout, everything else to stderr', () => {
  test('a run prints verdict, summary and where the report is', async () => {
    const { stdout, stderr } = await runCli(['diff', ...sampleDumps('linux-65535'), '--no-pictures'], { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ LEAK {2}Blocks of 65,552 bytes/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`Report: ${join('leakviz-report', 'report.html')}`);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('--json prints the report that is written, and nothing else', async () => {
    const { stdout, stderr } = await runCli(['diff', ...sampleDumps('linux-65535'), '--no-pictures', '--json'], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(readReport(join(folder, 'leakviz-report', 'report.json')));
  });

  test('--quiet prints the verdict only', async () => {
    const { stdout, stderr } = await runCli(['diff', ...sampleDumps('linux-65535'), '--no-pictures', '-q'], {
      cwd: folder,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ LEAK {2}/);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  test('--verbose says on stderr what took how long', async () => {
    const { stdout, stderr } = await runCli(['diff', ...writeSmallCores(folder, 2), '--no-pictures', '-v'], {
      cwd: folder,
    });
    expect(stderr).toMatch(
      /^leakviz: opening .* s, .*drawing and writing .* s; .* s of processor time, at most .* of memory$/m,
    );
    expect(stdout).not.toContain('opening');
  });

  test('nothing is coloured where stdout is no terminal', async () => {
    const env = { FORCE_COLOR: '1', TERM: 'xterm-256color' };
    const { stdout } = await runCli(['diff', ...writeSmallCores(folder, 3), '--no-pictures'], { cwd: folder, env });
    expect(stdout).not.toContain('\u001b');
  });
});

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  // script is a terminal around a command; --quiet leaves out the progress bar, which is made of control codes.
  const inTerminal = (line: string) =>
    `script -qec "'${process.execPath}' '${mainFile}' ${line}" /dev/null < /dev/null`;

  test('the verdict is coloured, unless NO_COLOR is set', async () => {
    const line = inTerminal(`diff ${writeSmallCores(folder, 3).join(' ')} --no-pictures -q`);
    const env = { TERM: 'xterm-256color' };
    expect((await runInShell(line, { cwd: folder, env })).stdout).toContain('\u001b[');
    expect((await runInShell(line, { cwd: folder, env: { ...env, NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  });
});

describe('the report folder', () => {
  test.each(['linux-63', 'windows-65535'])(
    'of %s has all that the report names, the same when made twice',
    async (name) => {
      const one = await makeReport(name, 'one');
      const two = await makeReport(name, 'two');
      const { pictures } = readReport(join(folder, 'one', 'report.json'));
      const named = pictures.flatMap(({ bmp, png }) => [bmp, png]);
      expect(named.length).toBeGreaterThan(0);
      expect([...one.keys()]).toEqual(['report.html', 'report.json', 'report.md', ...named].sort());
      expect([...two.keys()]).toEqual([...one.keys()]);
      for (const [file, bytes] of one) expect(bytes.equals(two.get(file)!), file).toBe(true);
    },
  );

  test('loses the pictures of an earlier run, and nothing else', async () => {
    const dumps = writeSmallCores(folder, 3);
    const out = join(folder, 'out');
    await runCli(['diff', ...dumps, '-o', 'out'], { cwd: folder });
    expect(listFolder(out)).toContain('pictures/overview-3.png');
    writeFileSync(join(out, 'pictures', 'holiday.png'), 'mine');
    await runCli(['diff', ...dumps.slice(0, 2), '-o', 'out'], { cwd: folder });
    expect(listFolder(out)).not.toContain('pictures/overview-3.png');
    expect(listFolder(out)).toContain('pictures/overview-2.png');
    expect(listFolder(out)).toContain('pictures/holiday.png');
  });

  test('holds no report of an earlier run beside the one of this run', async () => {
    const dumps = writeSmallCores(folder, 2);
    const reports = join(folder, 'out');
    await runCli(['diff', ...dumps, '-o', 'out', '--no-pictures', '--report', 'html,md,json,junit'], { cwd: folder });
    writeFileSync(join(reports, 'notes.md'), 'mine');
    await runCli(['diff', ...dumps, '-o', 'out', '--no-pictures', '--report', 'md'], { cwd: folder });
    expect(listFolder(reports)).toEqual(['notes.md', 'report.md']);
  });

  test('keeps reports that are not ours', async () => {
    writeFileSync(join(folder, 'report.html'), 'mine');
    await runCli(['diff', ...writeSmallCores(folder, 2), '-o', '.', '--no-pictures', '--report', 'md'], {
      cwd: folder,
    });
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toBe('mine');
  });

  test('keeps a folder of pictures that is not ours', async () => {
    mkdirSync(join(folder, 'pictures'));
    writeFileSync(join(folder, 'pictures', 'overview-3.png'), 'mine');
    await runCli(['diff', ...writeSmallCores(folder, 2), '-o', '.'], { cwd: folder });
    expect(readFileSync(join(folder, 'pictures', 'overview-3.png'), 'utf8')).toBe('mine');
  });

  test('gets only the reports that were asked for', async () => {
    const { stdout } = await runCli(
      ['diff', ...writeSmallCores(folder, 2), '-o', 'out', '--report', 'md', '--no-pictures'],
      { cwd: folder },
    );
    expect(listFolder(join(folder, 'out'))).toEqual(['report.md']);
    expect(stdout).toContain(`Report: ${join('out', 'report.md')}`);
  });
});

describe('times', () => {
  const timesOf = async (...args: string[]) => {
    await runCli(['diff', ...args, '--no-pictures', '-o', 'out'], { cwd: folder });
    return readReport(join(folder, 'out', 'report.json')).dumps.map(({ capturedAt, timeSource }) => ({
      capturedAt,
      timeSource,
    }));
  };

  test('of --times stand in the report', async () => {
    expect(
      await timesOf(...writeSmallCores(folder, 2), '--times', '2026-03-01T14:05:00Z, 2026-03-01T15:05:00+01:00'),
    ).toEqual([
      { capturedAt: '2026-03-01T14:05:00.000Z', timeSource: 'argument' },
      { capturedAt: '2026-03-01T14:05:00.000Z', timeSource: 'argument' },
    ]);
  });

  test('of --interval are counted from the first dump', async () => {
    const found = await timesOf(...sampleDumps('windows-63'), '--interval', '10min');
    const [first] = found.map(({ capturedAt }) => Date.parse(capturedAt!));
    const expected = [0, 600_000, 1_200_000].map((later) => ({
      capturedAt: new Date(first! + later).toISOString(),
      timeSource: 'argument',
    }));
    expect(found).toEqual(expected);
    expect(new Date(first!).getUTCFullYear()).toBe(2026);
  });
});

test('dumps of a folder are taken in the order of their numbers', async () => {
  const dumps = join(folder, 'dumps');
  mkdirSync(dumps);
  const [bytes] = writeSmallCores(folder, 1).map((path) => readFileSync(path));
  for (const name of ['10.core', '9.core', '1.core']) writeFileSync(join(dumps, name), bytes!);
  writeFileSync(join(dumps, 'notes.txt'), 'notes');
  const { stdout } = await runCli(['diff', 'dumps', '--json', '--no-pictures'], { cwd: folder });
  expect((JSON.parse(stdout) as LeakReport).dumps.map(({ path }) => path)).toEqual(['1.core', '9.core', '10.core']);
});
