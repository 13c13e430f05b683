import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDumps } from '../bench/make-dumps.ts';
import { randomNumbers } from '../synth/leaky-process.ts';
import { mainFile, readFolder, runCli, runInShell, sampleDumps, temporaryFolder } from './run-cli.ts';

/** Holes cost nothing on disk, and are read like all else: enough of them that another thread pays. */
const bytes = 140 << 20;
const leakStart = 90 << 20;
const leakStride = 208;
const leakFound = '65,536 → 131,072 → 196,608';

function makeSparseDumps(folder: string): string[] {
  const random = randomNumbers(7);
  return [1, 2, 3].map((dump) => {
    const path = join(folder, `${dump}.raw`);
    const file = openSync(path, 'w');
    ftruncateSync(file, bytes);
    for (let place = 0; place < 400 * dump; place++) {
      const data = Buffer.alloc(4096).fill(`some text ${Math.floor(random() * 1000)} `);
      writeSync(file, data, 0, data.length, Math.floor(random() * (bytes / 4096 - 1)) * 4096);
    }
    // A leak that is counted in more than one part.
    const blocks = Buffer.alloc(leakStride * 4096);
    for (let at = 0; at < blocks.length; at += leakStride) blocks.writeBigUInt64LE(0x7f00_1234_5678n, at);
    for (let piece = 0; piece < 16 * dump; piece++) {
      writeSync(file, blocks, 0, blocks.length, leakStart + piece * blocks.length);
    }
    closeSync(file);
    return path;
  });
}

/** By name. */
function digests(folder: string): (readonly [string, string])[] {
  return [...readFolder(folder)].map(([name, file]) => [name, createHash('sha256').update(file).digest('hex')]);
}

test('results are the same, byte for byte, whatever the number of threads', async () => {
  const folder = temporaryFolder();
  const dumps = makeSparseDumps(folder);
  const results = [];
  for (const jobs of ['1', '2', '5']) {
    const out = join(folder, `out-${jobs}`);
    const args = ['diff', ...dumps, '--base', '0x7f0000000000', '--interval', '1h', '--jobs', jobs, '-o', out];
    expect(await runCli(args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(leakFound) });
    results.push(digests(out));
  }
  expect(results[0]!.length).toBeGreaterThan(5);
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
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
