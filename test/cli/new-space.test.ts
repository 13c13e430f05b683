import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, sampleDumps, temporaryFolder } from './run-cli.ts';

/** Tells at the end how large V8 made the space for new objects, in MiB. */
const hook = `process.on('exit', () => {
  const { getHeapSpaceStatistics } = require('node:v8');
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  process._rawDebug('new space:', space.space_size >> 20);
});`;

test.each([
  ['diff', ...sampleDumps('windows-255')],
  ['info', sampleDumps('windows-255').at(-1)!],
])('the space for new objects stays small: %s', async (...args) => {
  const folder = temporaryFolder();
  const file = join(folder, 'hook.cjs');
  writeFileSync(file, hook);
  const { code, stderr } = await runCli(args, { cwd: folder, env: { NODE_OPTIONS: `--require "${file}"` } });
  expect(code).toBe(0);
  expect(Number(/new space: (\d+)/.exec(stderr)?.[1])).toBeLessThanOrEqual(4);
});
