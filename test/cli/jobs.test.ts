import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDumps } from '../bench/make-dumps.ts';
import { mainFile, readFolder, runCli, runInShell, sampleDumps, temporaryFolder } from './run-cli.ts';
import { leakFound, makeSparseDumps } from './sparse-dumps.ts';

/** By name. */
function digests(folder: string): (readonly [string, string])[] {
  return [...readFolder(folder)].map(([name, file]) => [name, createHash('sha256').update(file).digest('hex')]);
}

test('results are the same, byte for byte, whatever the number of threads', async () => {
  const folder = temporaryFolder();
  const dumps = makeSparseDumps(folder);
  const results = [];
  for (const jobs of [['--jobs', '1'], ['--jobs', '2'], ['--jobs', '5'], []]) {
    const out = join(folder, `out-${jobs.at(-1)}`);
    const args = ['diff', ...dumps, '--base', '0x7f0000000000', '--interval', '1h', ...jobs, '-o', out];
    expect(await runCli(args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(leakFound) });
    results.push(digests(out));
  }
  expect(results[0]!.length).toBeGreaterThan(5);
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  expect(results[3]).toEqual(results[0]);
});

test('results are the same, byte for byte, without WebAssembly', async () => {
  const folder = temporaryFolder();
  const dumps = makeDumps(folder, { content: 'mixed', format: 'elf', bytes: 4 << 20 });
  const args = ['diff', ...dumps, '--interval', '1h', '--quiet', '--no-pictures', '-o'];
  const fast = await runCli([...args, join(folder, 'fast')]);
  // V8 has no WebAssembly where it may not compile.
  const plain = await runInShell(`'${process.execPath}' --jitless '${mainFile}' ${args.join(' ')} '${folder}/plain'`);
  expect(plain).toMatchObject({ code: 0, stdout: fast.stdout });
  expect(fast.stdout).toContain('LEAK  Blocks of 272 bytes');
  expect(digests(join(folder, 'plain'))).toEqual(digests(join(folder, 'fast')));
});

test('a number of threads that makes no sense is refused', async () => {
  const result = await runCli(['diff', ...sampleDumps('linux-65535'), '--jobs', '0']);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("--jobs: expected a whole number from 1, found '0'");
});
