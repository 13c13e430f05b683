import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFolder, runCli, temporaryFolder } from './run-cli.ts';
import { leakFound, makeSparseDumps } from './sparse-dumps.ts';

/** Three processors, and in $THREADS_FILE what became of threads. The command line hears signals once it is loaded. */
const hook = `const threads = require('node:worker_threads');
if (threads.isMainThread) {
  const counts = { early: 0, late: 0, told: 0, failed: 0 };
  require('node:os').availableParallelism = () => 3;
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      if (process.env.NO_THREADS) throw new Error('EAGAIN');
      super(...args);
      counts[process.listenerCount('SIGINT') === 0 ? 'early' : 'late']++;
      this.on('error', () => counts.failed++);
    }
    postMessage(message) {
      if ('dumps' in message) counts.told++;
      super.postMessage(message);
    }
  };
  require('node:module').syncBuiltinESMExports();
  const write = () => require('node:fs').writeFileSync(process.env.THREADS_FILE, JSON.stringify(counts));
  process.on('exit', write);
}`;

async function runWatched(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const hookFile = join(folder, 'hook.cjs');
  const file = join(folder, 'threads.json');
  writeFileSync(hookFile, hook);
  const watched = { NODE_OPTIONS: `--require "${hookFile}"`, THREADS_FILE: file, ...env };
  const result = await runCli(args, { cwd: folder, env: watched });
  return { ...result, threads: JSON.parse(readFileSync(file, 'utf8')) as unknown };
}

/** Files that are all holes. */
function makeHoles(folder: string, names: readonly string[], bytes: number): string[] {
  return names.map((name) => {
    const path = join(folder, name);
    const file = openSync(path, 'w');
    ftruncateSync(file, bytes);
    closeSync(file);
    return path;
  });
}

const none = { early: 0, late: 0, told: 0, failed: 0 };
const large = 140 << 20;

describe('threads of a diff', () => {
  test('are started before the command line is loaded, read the dumps, and change no result', async () => {
    const folder = temporaryFolder();
    const dumps = makeSparseDumps(folder);
    const args = ['diff', ...dumps, '--interval', '1h', '--no-pictures', '-o'];
    const alone = await runWatched(folder, [...args, 'alone', '--jobs', '1']);
    const helped = await runWatched(folder, [...args, 'helped']);
    expect(alone).toMatchObject({ code: 0, stderr: '', threads: none, stdout: expect.stringContaining(leakFound) });
    expect(helped).toMatchObject({ code: 0, stderr: '', threads: { ...none, early: 2, told: 2 } });
    expect(readFolder(join(folder, 'helped'))).toEqual(readFolder(join(folder, 'alone')));
  });

  test('are missed by nobody where none can be started', async () => {
    const folder = temporaryFolder();
    const args = ['diff', ...makeSparseDumps(folder), '--no-pictures'];
    const result = await runWatched(folder, args, { NO_THREADS: '1' });
    expect(result).toMatchObject({ code: 0, stderr: '', threads: none, stdout: expect.stringContaining(leakFound) });
  });

  test('are started when the dumps are open where --jobs says how many', async () => {
    const folder = temporaryFolder();
    const dumps = makeHoles(folder, ['1.raw', '2.raw', '3.raw'], large);
    const { code, threads } = await runWatched(folder, ['diff', ...dumps, '--jobs=2', '--no-pictures']);
    expect({ code, threads }).toEqual({ code: 0, threads: { ...none, late: 1, told: 1 } });
  });

  test('end with a run that does not get as far as to need them', async () => {
    const folder = temporaryFolder();
    const dumps = makeHoles(folder, ['1.raw', '2.raw', '3.raw'], large);
    const result = await runWatched(folder, ['diff', ...dumps, 'missing.raw']);
    expect(result).toMatchObject({ code: 2, threads: { ...none, early: 2 } });
    expect(result.stderr).toMatch(/^leakviz: missing\.raw: no such file or folder.*\n$/);
  });

  test.each([
    { of: 'small dumps', names: ['1.raw', '2.raw'], bytes: 1 << 20, options: [] },
    { of: 'packed dumps', names: ['1.raw.gz', '2.raw.zst'], bytes: 4 * large, options: ['missing'] },
    { of: 'a run that only helps', names: ['1.raw', '2.raw'], bytes: 4 * large, options: ['--help'] },
  ])('are not started for $of', async ({ names, bytes, options }) => {
    const folder = temporaryFolder();
    const { threads } = await runWatched(folder, ['diff', ...makeHoles(folder, names, bytes), ...options]);
    expect(threads).toEqual(none);
  });
});
