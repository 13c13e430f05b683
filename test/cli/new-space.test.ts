import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { headerOfRegions, pageSize, regionStart } from '../bench/make-dumps.ts';
import { runCli, sampleDumps, temporaryFolder } from './run-cli.ts';

/** Tells at the end how large V8 made the space for new objects, in MiB. */
const hook = `process.on('exit', () => {
  const { getHeapSpaceStatistics } = require('node:v8');
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  process._rawDebug('new space:', space.space_size >> 20);
});`;

const regionsOfEach = 36_000;

/** Of regions of a page each, with nothing in them. */
function writeManyRegions(path: string): string {
  const regions = Array.from({ length: regionsOfEach }, (_, index) => ({
    address: regionStart + index * 2 * pageSize,
    fileSize: pageSize,
  }));
  const file = openSync(path, 'w');
  const header = headerOfRegions('elf', regions);
  writeSync(file, header);
  ftruncateSync(file, header.length + regionsOfEach * pageSize);
  closeSync(file);
  return path;
}

async function newSpaceOf(folder: string, ...args: string[]): Promise<number> {
  const file = join(folder, 'hook.cjs');
  writeFileSync(file, hook);
  const { code, stderr } = await runCli(args, { cwd: folder, env: { NODE_OPTIONS: `--require "${file}"` } });
  expect(code).toBe(0);
  return Number(/new space: (\d+)/.exec(stderr)?.[1]);
}

test('the space for new objects stays small where there are many regions', async () => {
  const folder = temporaryFolder();
  const dumps = ['1.core', '2.core', '3.core'].map((name) => writeManyRegions(join(folder, name)));
  expect(await newSpaceOf(folder, 'diff', ...dumps)).toBeLessThanOrEqual(4);
});

test('the space for new objects stays small where one dump is looked at', async () => {
  expect(await newSpaceOf(temporaryFolder(), 'info', sampleDumps('windows-255').at(-1)!)).toBeLessThanOrEqual(4);
});
