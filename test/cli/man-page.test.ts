import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { makeManPage } from './make-man-page.ts';

test('docs/leakviz.1 is what the tables of options say', async () => {
  await expect(await makeManPage(commands)).toMatchFileSnapshot('../../docs/leakviz.1');
});

const groff = '/usr/bin/groff';

test.skipIf(!existsSync(groff))('groff has no complaints', async () => {
  const page = await makeManPage(commands);
  const args = ['-man', '-Tutf8', '-ww', '-z'];
  expect(execFileSync(groff, args, { input: page, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })).toBe('');
});
