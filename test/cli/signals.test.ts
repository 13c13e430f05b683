import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { listFolder, runCli, runInShell, sampleDumps, temporaryFolder } from './run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'temp'));
});

const dumps = sampleDumps('windows-255');
const args = ['diff', ...dumps, '-o', 'out', '--temp-dir', 'temp'];

/** The run has begun once results are being staged. */
async function begun(): Promise<void> {
  const out = join(folder, 'out');
  while (!existsSync(out) || listFolder(out).length === 0) await setTimeout(5);
}

async function verdictPrinted(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stdout!.once('data', resolve));
}

// Windows ends a process at once when it is sent a signal.
describe.skipIf(process.platform === 'win32')('a signal ends the run and leaves nothing behind', () => {
  test.each([
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const)('%s while dumps are unpacked and read', async (signal, code) => {
    const during = async (child: ChildProcess) => {
      await begun();
      child.kill(signal);
    };
    const result = await runCli(args, { cwd: folder, during });
    expect(result).toEqual({ code, stdout: '', stderr: 'leakviz: stopped before the result was written\n' });
    expect(listFolder(folder)).toEqual(['temp']);
  });

  test('SIGINT while pictures are drawn, after the verdict', async () => {
    const during = async (child: ChildProcess) => {
      await verdictPrinted(child);
      child.kill('SIGINT');
    };
    const result = await runCli(args, { cwd: folder, during });
    expect(result.code).toBe(exitCodes.interrupted);
    expect(result.stdout).toContain(' LEAK ');
    expect(result.stdout).not.toContain('Report:');
    expect(listFolder(folder)).toEqual(['temp']);
  });

  test('SIGINT twice', async () => {
    const during = async (child: ChildProcess) => {
      await begun();
      child.kill('SIGINT');
      child.kill('SIGINT');
    };
    const result = await runCli(args, { cwd: folder, during });
    expect(result.code).toBe(exitCodes.interrupted);
    expect(listFolder(folder)).toEqual(['temp']);
  });

  test('SIGKILL, which nobody can act on, leaves an empty hidden folder at most, and the next run works', async () => {
    const during = async (child: ChildProcess) => {
      await begun();
      child.kill('SIGKILL');
    };
    await runCli(args, { cwd: folder, during });
    expect(listFolder(folder)).toEqual(['out', expect.stringMatching(/^out.\.leakviz-\w+$/), 'temp']);
    expect(await runCli([...args, '--no-pictures'], { cwd: folder })).toMatchObject({ code: exitCodes.done });
    expect(listFolder(folder)).toContain(join('out', 'report.json'));
  });

  test('an earlier report stays as it is', async () => {
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out', 'report.html'), 'earlier');
    const during = async (child: ChildProcess) => {
      while (listFolder(join(folder, 'out')).length < 2) await setTimeout(5);
      child.kill('SIGINT');
    };
    await runCli(args, { cwd: folder, during });
    expect(listFolder(join(folder, 'out'))).toEqual(['report.html']);
  });
});

describe.skipIf(process.platform === 'win32')('a closed pipe is no error', () => {
  const line = `leakviz diff ${sampleDumps('linux-65535').join(' ')} -o out --no-pictures`;

  test('head takes what it wants', async () => {
    const result = await runInShell(`${line} | head -1`, { cwd: folder });
    expect(result).toMatchObject({ code: exitCodes.done, stderr: '' });
    expect(result.stdout).toMatch(/^ LEAK .*\n$/);
  });

  test('nobody reads at all', async () => {
    const result = await runInShell(`${line} | true`, { cwd: folder });
    expect(result).toEqual({ code: exitCodes.done, stdout: '', stderr: '' });
    expect(listFolder(folder).filter((name) => name.includes('.leakviz-'))).toEqual([]);
  });

  test('--json into a reader that stops', async () => {
    const result = await runInShell(`${line} --json | head -c 20`, { cwd: folder });
    expect(result).toMatchObject({ code: exitCodes.done, stderr: '' });
  });

  test.each([
    ['the verdict', '| true'],
    ['the report', '--json | head -c 20'],
  ])('and a gate is never green because nobody reads %s', async (_, reader) => {
    const { code } = await runInShell(`${line} --fail-on leak ${reader}`, { cwd: folder });
    expect(code).toBe(exitCodes.gateFailed);
  });

  test.each([...(process.platform === 'linux' ? ['2>/dev/full'] : []), '2> >(true)', '2>&-'])(
    'stderr that takes nothing changes no exit code: %s',
    async (stderr) => {
      const gate = await runInShell(`${line} --fail-on leak ${stderr}`, { cwd: folder });
      expect(gate.code).toBe(exitCodes.gateFailed);
      expect(gate.stdout).toContain('Report: out/report.html');
      const missing = await runInShell(`leakviz diff no.core such.core ${stderr}`, { cwd: folder });
      expect(missing.code).toBe(exitCodes.badInput);
    },
  );

  test('a gate that passes is green', async () => {
    const { code } = await runInShell(`${line} --fail-on 'growth>1GB' | cat`, { cwd: folder });
    expect(code).toBe(exitCodes.done);
  });
});
