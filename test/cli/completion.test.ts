import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { runCli, runInShell } from './run-cli.ts';

/** What bash offers where the cursor is at the end of the line. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(' ');
  const script = `eval "$(leakviz completion bash)"
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _leakviz; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await runInShell(script);
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('in bash', () => {
  test('commands are completed', async () => {
    expect(await offered('leakviz ')).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
    expect(await offered('leakviz di')).toContain('diff');
  });

  test('options are completed', async () => {
    expect(await offered('leakviz diff --fa')).toEqual(['--fail-on']);
    expect(await offered('leakviz info --')).toContain('--verbose');
  });

  test('files are completed', async () => {
    expect(await offered('leakviz diff package.js')).toContain('package.json');
  });
});

test.each([
  ['zsh', '/usr/bin/zsh', 'zsh -n'],
  ['fish', '/usr/bin/fish', 'fish --no-execute'],
])('the script for %s is one', async (shell, path, check) => {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(exitCodes.done);
  expect(stdout).toContain('--get-yargs-completions');
  if (existsSync(path)) expect(await runInShell(`leakviz completion ${shell} | ${check}`)).toMatchObject({ code: 0 });
});

test('another shell is a mistake', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh']);
  expect(stderr).toMatch(/completion: expected bash, zsh, fish, found 'tcsh'/);
  expect(code).toBe(exitCodes.badInput);
});
