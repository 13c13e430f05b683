import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { findPacker } from '../../src/bytes/packed-sink.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { isStopped, obstacle, startTarget } from '../capture/target.ts';
import { listFolder, mainFile, runCli, temporaryFolder } from './run-cli.ts';

/** Only root can be someone else, who must find leakviz readable. */
const canBeNobody = process.getuid?.() === 0 && spawnSync('test', ['-r', mainFile], { uid: 65_534 }).status === 0;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

async function capture(...args: (string | number)[]) {
  return await runCli(['capture', ...args.map(String)], { cwd: folder });
}

describe.skipIf(obstacle !== undefined)(`leakviz capture (${obstacle ?? 'here'})`, () => {
  test('writes a dump that only its owner can read, under a name that says what, which and when', async () => {
    const { id } = await startTarget();
    const { code, stdout, stderr } = await capture(id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Dump: target\.\d+\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.core\ntarget \(\d+, 1 thread\) stood still for [\d.]+ m?s; [\d.,]+ KB of [\d.]+ MB mapped read, [\d.,]+ KB written\n$/,
    );
    const [name] = listFolder(folder);
    expect(listFolder(folder)).toEqual([stdout.split('\n')[0]!.slice('Dump: '.length)]);
    expect(statSync(join(folder, name!)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, name!)).blocks * 512).toBeLessThan(2 << 20);
  });

  test('info knows the process, and when it was', async () => {
    const { id } = await startTarget();
    await capture(id, '-o', 'a.core');
    const { stdout } = await runCli(['info', 'a.core'], { cwd: folder });
    expect(stdout).toMatch(/Process\s+target, id \d+/);
    expect(stdout).toMatch(/Taken .* UTC \(by the dump's word\)/);
  });

  test('diff of three captures finds a leak, with its counts', async () => {
    const target = await startTarget();
    for (const [index, count] of [400, 600, 800].entries()) {
      await target.ask(`grow ${count} 3000`);
      await capture(target.id, '-o', `${index}.core`);
      // Rates need times that are a second apart.
      await setTimeout(600);
    }
    const args = ['diff', '0.core', '1.core', '2.core', '--no-pictures', '--json'];
    const report = JSON.parse((await runCli(args, { cwd: folder })).stdout);
    expect(report.verdict.status).toBe('leak');
    const [suspect] = report.allocations;
    expect(suspect).toMatchObject({ strideBytes: 3008, method: 'chunk-walk', counts: [400, 1000, 1800] });
    expect(report.dumps.map(({ timeSource }: { timeSource: string }) => timeSource)).toEqual(['dump', 'dump', 'dump']);
    expect(report.dumps.flatMap(({ warnings }: { warnings: unknown[] }) => warnings)).toEqual([]);
    expect(report.growth.bytesPerHour).toBeGreaterThan(0);
  }, 30_000);

  test('a folder takes the file; an existing file stays unless --force is given', async () => {
    const { id } = await startTarget();
    mkdirSync(join(folder, 'dumps'));
    expect((await capture(id, '-o', 'dumps', '-q')).stdout).toMatch(/^dumps\/target\..*\.core\n$/);
    writeFileSync(join(folder, 'a.core'), 'mine');
    const refused = await capture(id, '-o', 'a.core');
    expect(refused).toMatchObject({ code: exitCodes.badInput, stdout: '' });
    expect(refused.stderr).toMatch(/^leakviz: a\.core: there is a file of this name already\. .*--force/);
    expect(readFileSync(join(folder, 'a.core'), 'utf8')).toBe('mine');
    expect((await capture(id, '-o', 'a.core', '--force')).code).toBe(0);
    expect(readFileSync(join(folder, 'a.core')).subarray(0, 4)).toEqual(Buffer.of(0x7f, 0x45, 0x4c, 0x46));
    expect(listFolder(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test.each(['gzip', 'zstd'] as const)('--%s packs while it is taken', async (packer) => {
    const target = await startTarget();
    await target.ask('grow 2000 3000');
    const result = await capture(target.id, `--${packer}`, '-o', 'a.core');
    if (findPacker(packer) === undefined) {
      expect(result.stderr).toMatch(/--zstd: this Node\.js .* cannot pack zstd.*--gzip/);
      expect(listFolder(folder)).toEqual([]);
      return;
    }
    expect(result.code).toBe(0);
    expect(statSync(join(folder, 'a.core')).size).toBeLessThan(1 << 20);
    const { stdout } = await runCli(['blocks', 'a.core', '--stride', '3008', '-n', '1'], { cwd: folder });
    expect(stdout).toContain('2,000 live');
  });

  test('what is wrong with the command line or the process is said, and nothing is left', async () => {
    const { id } = await startTarget();
    const cases: [(string | number)[], RegExp][] = [
      [['abc'], /capture: expected the id of a process, found 'abc'/],
      [[2 ** 22 + 1], /process \d+: there is no such process\. Check/],
      [[id, '--all', '--heap-only'], /--all and --heap-only contradict each other/],
      [[id, '--zstd', '--gzip'], /--zstd and --gzip both/],
      [[id, '-o', 'none/a.core'], /none.a\.core: cannot be written/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await capture(...args);
      expect({ code, stdout }).toEqual({ code: exitCodes.badInput, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr.split('\n')).toHaveLength(2);
    }
    expect(listFolder(folder)).toEqual([]);
  });

  test.skipIf(!canBeNobody)('the process of another user (as root only)', async () => {
    const { id } = await startTarget();
    chmodSync(folder, 0o777);
    const child = spawn(process.execPath, [mainFile, 'capture', `${id}`], { cwd: folder, uid: 65_534, gid: 65_534 });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    expect(stderr).toMatch(/process \d+: it belongs to another user \(id 0\)\. Run leakviz as that user or as root/);
    expect(code).toBe(exitCodes.badInput);
    expect(isStopped(id)).toBe(false);
  });

  test('the process goes on even when leakviz is killed', async () => {
    const target = await startTarget();
    await target.ask('grow 200 1000000');
    const during = async (child: ChildProcess) => {
      while (!isStopped(target.id)) await setTimeout(1);
      child.kill('SIGKILL');
    };
    // Packing holds it up for long enough to be seen.
    const { code } = await runCli(['capture', `${target.id}`, '--gzip'], { cwd: folder, during });
    expect(code).toBe(null);
    for (let tries = 0; isStopped(target.id) && tries < 400; tries++) await setTimeout(25);
    expect(isStopped(target.id)).toBe(false);
  });

  test.each([
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const)('%s lets the process go on, and leaves no file', async (signal, code) => {
    const target = await startTarget();
    await target.ask('grow 200 1000000');
    const during = async (child: ChildProcess) => {
      while (!isStopped(target.id)) await setTimeout(1);
      child.kill(signal);
    };
    const result = await runCli(['capture', `${target.id}`, '--gzip'], { cwd: folder, during });
    expect(result).toEqual({ code, stdout: '', stderr: 'leakviz: stopped before the result was written\n' });
    expect(isStopped(target.id)).toBe(false);
    expect(listFolder(folder)).toEqual([]);
  });
});
