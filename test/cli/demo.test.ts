import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { listFolder, mainFile, projectFolder, runCli, runInShell, sampleTruth, temporaryFolder } from './run-cli.ts';

const demos = [
  { report: 'demo-linux', series: 'linux-65535' },
  { report: 'demo-windows', series: 'windows-65535' },
];

function expectTrueVerdict(out: string, { report: name, series }: (typeof demos)[number]): void {
  const report = JSON.parse(readFileSync(join(out, name, 'report.json'), 'utf8')) as LeakReport;
  const { counts, request, capturedAt } = sampleTruth(series);
  const suspects = report.verdict.suspects.map((id) => report.allocations.find((one) => one.id === id));
  expect(report.verdict.status).toBe('leak');
  expect(suspects).toMatchObject([{ strideBytes: 65552, counts, method: 'chunk-walk', countError: 0 }]);
  const range = suspects[0]!.requestBytes!;
  expect(range.min).toBeLessThanOrEqual(request);
  expect(range.max).toBeGreaterThanOrEqual(request);
  const times = report.dumps.map((dump) => dump.capturedAt!.replace('.000Z', 'Z'));
  expect(times).toEqual(capturedAt);
}

test('the demo finds in the shipped samples what their programs counted themselves', async () => {
  const folder = temporaryFolder();
  const { code, stdout, stderr } = await runCli(['demo'], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const demo of demos) {
    expect(stdout).toContain(`Report: ${join('leakviz-report', demo.report, 'report.html')}\n`);
    expectTrueVerdict(join(folder, 'leakviz-report'), demo);
    expect(listFolder(join(folder, 'leakviz-report', demo.report))).toContain('pictures/overview-1.png');
  }
  expect(stdout.match(/ LEAK {2}Blocks of 65,552 bytes/g)).toHaveLength(demos.length);
});

test('the package holds all that the demo needs', async () => {
  const folder = temporaryFolder();
  // --ignore-scripts: the files are built already, and other tests are using them.
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: projectFolder, shell: process.platform === 'win32', stdio: 'pipe' });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(projectFolder, 'node_modules'))) {
    symlinkSync(join(projectFolder, 'node_modules', name), join(modules, name), 'junction');
  }
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
  const packed = join(folder, 'package');
  const top = ['LICENSE', 'README.md', 'dist', 'docs', 'package.json', 'samples', 'src'];
  expect(readdirSync(packed).sort()).toEqual(top);
  // Debuggers load these as they are.
  expect(readdirSync(join(packed, 'src'))).toEqual(['debuggers']);
  const main = join(packed, 'dist', 'cli', 'main.js');
  const result = await runInShell(`'${process.execPath}' '${main}' demo -q --no-pictures -o out`, { cwd: folder });
  expect(result).toMatchObject({ code: 0, stderr: '' });
  for (const demo of demos) expectTrueVerdict(join(folder, 'out'), demo);
});

test.skipIf(process.platform === 'win32')('the built command can be executed', () => {
  expect(execFileSync(mainFile, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
});
