import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder, runCli, temporaryFolder } from './run-cli.ts';

const pages = ['README.md', ...readdirSync(join(projectFolder, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** A command line as one types it, and what it prints. */
const consoleBlock = /^```console\n\$ leakviz (.*)\n([\s\S]*?)```$/gm;

const textOf = (page: string) => readFileSync(join(projectFolder, page), 'utf8');
const shown = pages.flatMap((page) =>
  [...textOf(page).matchAll(consoleBlock)].map(([, line, output]) => ({ page, line: line!, output: output! })),
);
const lines = [...new Set(shown.map(({ line }) => line))];

/** In 80 columns, without colours, beside the samples. Pictures are left out, for they print nothing. */
async function run(line: string): Promise<string> {
  const folder = temporaryFolder();
  symlinkSync(join(projectFolder, 'samples'), join(folder, 'samples'), 'junction');
  const args = line.split(' ');
  if (args[0] === 'diff') args.push('--no-pictures');
  const { code, stdout, stderr } = await runCli(args, { cwd: folder, env: { TERM: 'xterm' } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

function update(line: string, printed: string): void {
  for (const page of pages) {
    const text = textOf(page).replaceAll(consoleBlock, (block, own: string) =>
      own === line ? `\`\`\`console\n$ leakviz ${line}\n${printed}\`\`\`` : block,
    );
    writeFileSync(join(projectFolder, page), text);
  }
}

describe('what the docs show is what leakviz prints; UPDATE=1 writes it anew', () => {
  test.each(lines)('leakviz %s', async (line) => {
    const printed = await run(line);
    if (process.env.UPDATE === '1') update(line, printed);
    else for (const { page, output } of shown.filter((one) => one.line === line)) expect(output, page).toBe(printed);
  });
});
