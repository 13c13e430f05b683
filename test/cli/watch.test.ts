import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { isStopped, obstacle, startTarget } from '../capture/target.ts';
import { listFolder, runCli, temporaryFolder } from './run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

async function watch(args: readonly (string | number)[], during?: (child: ChildProcess) => Promise<void>) {
  const common = ['--dumps', 'dumps', '--no-pictures'];
  return await runCli(['watch', ...args.map(String), ...common], { cwd: folder, ...(during ? { during } : {}) });
}

/** Dumps that have their names already. */
function dumpCount(): number {
  const path = join(folder, 'dumps');
  return existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith('.')).length : 0;
}

async function untilDumps(count: number): Promise<void> {
  while (dumpCount() < count) await setTimeout(10);
}

describe.skipIf(obstacle !== undefined)(`leakviz watch (${obstacle ?? 'here'})`, () => {
  test('takes dumps, and ends in their diff', async () => {
    const target = await startTarget();
    const { code, stdout, stderr } = await watch([target.id, '--every', '1s', '--json'], async () => {
      await target.ask('grow 500 3000');
      for (const count of [1, 2]) {
        await untilDumps(count);
        await target.ask('grow 400 3000');
      }
    });
    expect(code).toBe(exitCodes.done);
    const { verdict, allocations } = JSON.parse(stdout);
    expect(verdict.status).toBe('leak');
    expect(allocations[0]).toMatchObject({ strideBytes: 3008, counts: [500, 900, 1300] });
    expect(stderr.match(/dump \d of 3: target \(\d+, 1 thread\) stood still for /g)).toHaveLength(3);
    expect(dumpCount()).toBe(3);
    expect(isStopped(target.id)).toBe(false);
  });

  test('stores what changed, when it is told to', async () => {
    const target = await startTarget();
    await target.ask('grow 500 3000');
    const args = [target.id, '--every', '1s', '--incremental', '--gzip', '--json'];
    const { code, stdout } = await watch(args, async () => {
      await untilDumps(1);
      await target.ask('grow 400 3000');
    });
    expect(code).toBe(exitCodes.done);
    // Blocks that have not changed are seen in the later dumps too.
    const blocks = JSON.parse(stdout).allocations.find((one: { strideBytes: number }) => one.strideBytes === 3008);
    expect(blocks.counts[0]).toBe(500);
    expect(blocks.counts[2]).toBe(900);
    const names = readdirSync(join(folder, 'dumps'));
    const info = await runCli(['info', join('dumps', names[2]!)], { cwd: folder });
    expect(info.stdout).toContain('what changed; debuggers need a whole core');
    expect(info.stdout).toContain(names[1]);
    rmSync(join(folder, 'dumps', names[0]!));
    const broken = await runCli(['diff', 'dumps'], { cwd: folder });
    expect(broken.code).toBe(exitCodes.badInput);
    expect(broken.stderr).toContain(
      `holds only what changed since ${join('dumps', names[0]!)}, and that file is not there`,
    );
  });

  test('waits for growth, in equal steps of it; the dumps can be deleted', async () => {
    const target = await startTarget();
    const started = Date.now();
    const args = [target.id, '--every', '1s', '--until', 'growth>4MB', '--delete-dumps', '--json'];
    const { code, stdout } = await watch(args, async () => {
      await untilDumps(1);
      await setTimeout(1500);
      expect(dumpCount()).toBe(1);
      await target.ask('grow 800 3000');
      await untilDumps(2);
      await target.ask('grow 800 3000');
    });
    expect(code).toBe(exitCodes.done);
    expect(Date.now() - started).toBeGreaterThan(2500);
    expect(JSON.parse(stdout).dumps).toHaveLength(3);
    expect(listFolder(folder)).not.toContain('dumps');
  });

  test.each([
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const)('%s compares the dumps so far', async (signal, code) => {
    const target = await startTarget();
    const result = await watch([target.id, '--every', '1s', '--count', '10'], async (child) => {
      await untilDumps(2);
      child.kill(signal);
    });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain('leakviz: stopped; comparing the 2 dumps so far\n');
    expect(result.stdout).toMatch(/^ NO LEAK [\s\S]*\nReport: .*\nDumps: {2}dumps\n$/);
    expect(dumpCount()).toBe(2);
    expect(isStopped(target.id)).toBe(false);
  });

  test('an interruption after one dump leaves it, and no report', async () => {
    const target = await startTarget();
    const result = await watch([target.id, '--every', '1h'], async (child) => {
      await untilDumps(1);
      await setTimeout(100);
      child.kill('SIGINT');
    });
    expect(result).toMatchObject({ code: exitCodes.interrupted, stdout: '' });
    expect(dumpCount()).toBe(1);
    expect(existsSync(join(folder, 'leakviz-report'))).toBe(false);
  });

  test('a process that ends: the dumps so far are compared, or kept', async () => {
    const first = await startTarget();
    const two = await watch([first.id, '--every', '1s', '--count', '10'], async () => {
      await untilDumps(2);
      first.child.kill('SIGKILL');
    });
    expect(two.code).toBe(exitCodes.done);
    expect(two.stderr).toContain('leakviz: the process has ended; comparing the 2 dumps so far\n');
    const second = await startTarget();
    const one = await watch([second.id, '--every', '1h'], async () => {
      await untilDumps(3);
      second.child.kill('SIGKILL');
    });
    expect(one).toMatchObject({ code: exitCodes.badInput, stdout: '' });
    expect(one.stderr).toMatch(
      /process \d+ ended after one dump, and one shows no growth\. .*the dump is dumps.target/,
    );
  });

  test('what is wrong with the command line is said before anything is done', async () => {
    const { id } = await startTarget();
    const cases: [(string | number)[], RegExp][] = [
      [[id, '--count', '1'], /--count: expected 2 to 1,000 dumps, found '1'/],
      [[id, '--every', 'soon'], /--every: expected a time such as 30s/],
      [[id, '--every', '10ms'], /--every: expected a second or more/],
      [[id, '--until', '5h'], /--until: expected a growth such as 'growth>50MB', found '5h'/],
      [[id, '--report', 'pdf'], /--report: expected html/],
      [[id, '--limit', 'x'], /--limit: expected a size/],
      [['x'], /watch: expected the id of a process, found 'x'/],
      [[2 ** 22 + 1], /there is no such process/],
    ];
    for (const [args, message] of cases) {
      const result = await watch(args);
      expect(result).toMatchObject({ code: exitCodes.badInput, stdout: '' });
      expect(result.stderr).toMatch(message);
    }
    expect(listFolder(folder)).toEqual([]);
  });
});
