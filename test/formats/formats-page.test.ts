import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeFormatsPage } from './make-formats-page.ts';

test('docs/formats.md says of every format and packer what the tables say', async () => {
  const page = new URL('../../docs/formats.md', import.meta.url);
  await expect(makeFormatsPage(readFileSync(page, 'utf8'))).toMatchFileSnapshot('../../docs/formats.md');
});

test('a page that lacks a format is refused', () => {
  expect(() => makeFormatsPage('')).toThrow(/lacks formats, packers, minidump/);
});
