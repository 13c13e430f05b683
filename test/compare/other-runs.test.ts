/** Real cores: of several runs of one program, whose addresses differ, and of one run that leave out different memory. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { openDumps } from '../../src/open-dumps.ts';

const missing = ['/usr/bin/gcc', '/usr/bin/gdb', '/usr/bin/gcore'].filter((tool) => !existsSync(tool));
const randomizing = '/proc/sys/kernel/randomize_va_space';
const isRandomized = existsSync(randomizing) && readFileSync(randomizing, 'utf8').trim() === '2';

async function reportOf(paths: readonly string[]): Promise<LeakReport> {
  const dumps = await openDumps(paths);
  try {
    const result = await diffDumps(dumps, { allocators, withCells: true, bytesPerCell: undefined });
    return buildReport(result, { allocators, version: '0.0.0', fullPaths: false });
  } finally {
    for (const dump of dumps) dump.close();
  }
}

if (missing.length > 0)
  test.skip(`dumping real processes needs ${missing.join(', ')}: apt-get install -y gcc gdb`, () => {});
if (!isRandomized) test.skip(`addresses are not random here: ${randomizing} is not 2`, () => {});

describe.skipIf(missing.length > 0 || !isRandomized)('three runs of one program', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-runs-'));
  const program = join(folder, 'three-heaps');
  const running: ChildProcess[] = [];

  beforeAll(() => {
    const source = fileURLToPath(new URL('programs/three-heaps.c', import.meta.url));
    execFileSync('gcc', ['-O1', '-pthread', '-o', program, source]);
  });
  afterAll(() => {
    for (const child of running) child.kill();
    rmSync(folder, { recursive: true });
  });

  /** A process that has filled its memory. */
  async function start(...counts: readonly number[]): Promise<ChildProcess> {
    const child = spawn(program, counts.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    await once(child.stdout!, 'data');
    return child;
  }

  function dumpOf(child: ChildProcess, name: string): string {
    const prefix = join(folder, name);
    execFileSync('gcore', ['-o', prefix, String(child.pid)], { stdio: 'ignore' });
    return `${prefix}.${child.pid}`;
  }

  async function runs(name: string, ...counts: readonly (readonly number[])[]): Promise<string[]> {
    const paths: string[] = [];
    for (const [index, count] of counts.entries()) paths.push(dumpOf(await start(...count), `${name}-${index}`));
    return paths;
  }

  test('that hold more each time: growth between runs, exact counts, each region found again', async () => {
    const report = await reportOf(await runs('more', [5000, 2000, 1], [10_000, 4000, 2], [15_000, 6000, 3]));
    expect(report.verdict.status).toBe('growth');
    expect(report.verdict.reasons.map(({ code }) => code)).toEqual(['different-runs']);
    expect(report.dumps.map(({ run }) => run)).toEqual([1, 2, 3]);
    expect(report.dumps[1]!.warnings.map(({ code }) => code)).toContain('other-process');
    expect(report.growth.bytesPerHour).toBeNull();

    const walked = report.allocations.find(
      ({ strideBytes, method }) => strideBytes === 208 && method === 'chunk-walk',
    )!;
    expect(walked.counts.map((count) => count! - walked.counts[0]!)).toEqual([0, 7000, 14_000]);
    const kinds = walked.evidence.map(({ kind }) => kind);
    expect(kinds).toContain('between-runs');
    expect(kinds).not.toContain('blocks-stay');
    // Their first word is a pointer into the program, which stands elsewhere in every run.
    const records = report.allocations.find(({ strideBytes, method }) => strideBytes === 512 && method === 'stride')!;
    expect(records.counts).toEqual([2048, 4096, 6144]);

    const region = (name: string) => report.regions.filter((one) => one.name === name);
    for (const name of [
      'three-heaps',
      'libc.so.6',
      '[stack]',
      'glibc malloc main arena',
      'glibc malloc thread arena 1',
    ]) {
      expect(region(name), name).toHaveLength(1);
      expect(region(name)[0]!.start, name).not.toContain(null);
    }
    expect(new Set(region('glibc malloc main arena')[0]!.start).size).toBe(3);
    expect(report.regions.filter(({ growthBytes }) => growthBytes > 1 << 20).map(({ name }) => name)).toContain('');
    expect(report.growth.totalBytes).toBeLessThan(1.2 * (14_000 * 208 + (2 << 20)));
  });

  test('that hold the same: nothing grows, and that says little', async () => {
    const report = await reportOf(await runs('same', [5000, 2000, 1], [5000, 2000, 1], [5000, 2000, 1]));
    expect(report.verdict.status).toBe('none');
    expect(report.verdict.reasons.map(({ code }) => code)).toEqual(['no-material-growth', 'different-runs']);
    expect(report.growth.totalBytes).toBeLessThan(256 << 10);
  });

  test('one of them dumped twice: which dumps to compare is said', async () => {
    const [first, second] = await runs('mixed', [2000, 1000, 1]).then(async ([path]) => {
      const child = await start(9000, 3000, 2);
      return [path!, [dumpOf(child, 'again-1'), dumpOf(child, 'again-2')]] as const;
    });
    const report = await reportOf([first, ...second]);
    expect(report.dumps.map(({ run }) => run)).toEqual([1, 2, 2]);
    expect(report.verdict.reasons[0]!.text).toContain('Dumps 2 and 3 are of one run');
  });

  test('a core without anonymous memory, or cut off, beside whole ones: no growth comes from what was left out', async () => {
    const child = await start(20_000, 2000, 1);
    const filter = (mask: string) => writeFileSync(`/proc/${child.pid}/coredump_filter`, mask);
    filter('0x32');
    const filtered = dumpOf(child, 'filtered');
    filter('0x33');
    const whole = [dumpOf(child, 'whole-1'), dumpOf(child, 'whole-2')];
    const cut = dumpOf(child, 'cut');
    truncateSync(cut, 2 << 20);

    const beside = await reportOf([filtered, ...whole]);
    expect(beside.verdict.status).toBe('inconclusive');
    expect(beside.verdict.reasons[0]).toMatchObject({ code: 'too-little-captured' });
    expect(beside.verdict.reasons[0]!.text).toContain('Compare dumps 2 and 3 alone');
    expect(beside.growth.totalBytes).toBe(0);

    const cutOff = await reportOf([cut, ...whole]);
    expect(cutOff.verdict.status).toBe('inconclusive');
    expect(cutOff.growth.totalBytes).toBe(0);
    const lost = cutOff.regions.filter(({ capturedBytes }) => capturedBytes[0] === 0);
    expect(lost.length).toBeGreaterThan(0);
    for (const region of lost) expect(region.populatedBytes[0]).toBeNull();
  });

  test('the same dump twice: nothing grows, and nothing is taken for another run', async () => {
    const [path] = await runs('twice', [2000, 1000, 1]);
    const report = await reportOf([path!, path!, path!]);
    expect(report.verdict.status).toBe('none');
    expect(report.dumps.map(({ run }) => run)).toEqual([1, 1, 1]);
  });
});
