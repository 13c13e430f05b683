import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { type CliResult, runCli, sampleDumps, sampleTruth, temporaryFolder } from './run-cli.ts';
import { writeSmallCores } from './synth-dumps.ts';

const series = 'linux-65535';
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

async function gate(failOn: string, ...more: string[]): Promise<CliResult> {
  const times = ['--times', sampleTruth(series).capturedAt.join()];
  const args = ['diff', ...sampleDumps(series), '--no-pictures', '-q', ...times, '--fail-on', failOn, ...more];
  return await runCli(args, { cwd: folder });
}

function written(name: string): string {
  return readFileSync(join(folder, 'leakviz-report', name), 'utf8');
}

describe('the gate', () => {
  test('fails with 1, says why on stderr, and stands in every report', async () => {
    const { code, stderr, stdout } = await gate('leak,growth>1GB', '--report', 'html,md,json,junit');
    expect(code).toBe(exitCodes.gateFailed);
    expect(stdout).toMatch(/^ LEAK/);
    expect(stderr).toMatch(/--fail-on leak: holds\. The verdict is leak: blocks of 65,552 bytes \+23\.8 MB/);
    expect(stderr).toMatch(/--fail-on growth>1GB: does not hold\. Memory grew by/);
    expect((JSON.parse(written('report.json')) as LeakReport).gate).toMatchObject({
      failed: true,
      conditions: [
        { text: 'leak', holds: true },
        { text: 'growth>1GB', holds: false },
      ],
    });
    expect(written('report.html')).toContain('The gate failed');
    expect(written('report.md')).toContain('**The gate failed.**');
    expect(written('junit.xml')).toMatch(/tests="2" failures="1" errors="0" skipped="0"/);
  });

  test('passes with 0', async () => {
    expect(await gate('growth>1GB,rate>1TB/h,inconclusive')).toMatchObject({ code: exitCodes.done });
    expect(written('report.html')).toContain('The gate passed');
  });

  test('fails where there is nothing to judge', async () => {
    const args = ['diff', ...writeSmallCores(folder, 2), '--no-pictures', '--fail-on', 'rate>1GB/h'];
    const { code, stderr } = await runCli([...args, '--times', '2026-01-01,2026-01-01'], { cwd: folder });
    expect(code).toBe(exitCodes.gateFailed);
    expect(stderr).toMatch(/cannot be judged, which fails\. There is no rate without capture times/);
  });

  test.each(['leaks', 'rate', 'growth>', 'count(272'])('%s is a mistake', async (failOn) => {
    expect(await gate(failOn)).toMatchObject({ code: exitCodes.badInput, stdout: '' });
  });
});

describe('a baseline', () => {
  test('accepts what was there before, and marks it', async () => {
    await gate('inconclusive');
    const baseline = join(folder, 'baseline.json');
    writeFileSync(baseline, written('report.json'));
    const { code, stderr } = await gate('leak,count(65552)>1', '--baseline', baseline);
    expect(stderr).toMatch(
      /--fail-on leak: does not hold\. The verdict is leak, but the baseline accepts all suspects/,
    );
    expect(code).toBe(exitCodes.done);
    const report = JSON.parse(written('report.json')) as LeakReport;
    expect(report.gate!.known).toEqual(expect.arrayContaining([...report.verdict.suspects]));
    expect(written('report.html')).toContain('accepts this growth: it is known');
    expect(written('report.html')).toMatch(/<h3 [^>]+>[^<]+<span class="mark">known<\/span>/);
    expect(written('report.html')).toMatch(/<li>The baseline accepts/);
    expect(written('report.md')).toContain('known, the baseline accepts it');
    expect(written('report.md')).toMatch(/^\| Stride .* Baseline \|$/m);
    expect(written('report.md')).toMatch(/^- The baseline accepts/m);
  });

  test.each([
    ['nothing', undefined, /cannot be read: no such file/],
    ['no JSON', '{', /is no JSON/],
    ['something else', '{"tool":{"name":"other"}}', /is no report\.json of leakviz/],
    ['another version', '{"tool":{"name":"leakviz"},"schemaVersion":0}', /has schema version 0; 1 is read/],
    [
      'half a report',
      '{"tool":{"name":"leakviz"},"schemaVersion":1,"dumps":[1,2]}',
      /is damaged: dumps or allocations/,
    ],
    [
      'a bad row',
      '{"tool":{"name":"leakviz"},"schemaVersion":1,"dumps":[1,2],"allocations":[{}]}',
      /is damaged: allocations\[0\]/,
    ],
  ])('that is %s is refused', async (_, text, message) => {
    const baseline = join(folder, 'baseline.json');
    if (text !== undefined) writeFileSync(baseline, text);
    const { code, stderr } = await gate('leak', '--baseline', baseline);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^leakviz: \P{Cc}+\n$/u);
    expect(code).toBe(exitCodes.badInput);
  });

  test('needs a gate', async () => {
    const { code, stderr } = await runCli(['diff', ...writeSmallCores(folder, 2), '--baseline', 'a.json']);
    expect(stderr).toMatch(/--baseline says what a gate accepts, and there is none/);
    expect(code).toBe(exitCodes.badInput);
  });
});
