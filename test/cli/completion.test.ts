import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { mainFile, runCli } from './run-cli.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const fileName = 'only one.core';
const folder = mkdtempSync(join(tmpdir(), 'leakviz-completion-'));
writeFileSync(join(folder, fileName), '');
writeFileSync(join(folder, 'leakviz'), `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`, { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function spawnShell(command: string, input: string): string {
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: 100_000,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'xterm' },
  });
  return stdout;
}

/** The words of the line after the Tab key, in a shell at a terminal: the line is made the arguments of printf. */
function completedAtTerminal(shell: 'bash' | 'zsh', lines: readonly string[]): string[][] {
  const start =
    shell === 'bash'
      ? 'source <(leakviz completion bash)'
      : 'bindkey -e; autoload -U compinit; compinit -u -D; source <(leakviz completion zsh)';
  const typed = lines.map((line) => `${line}\t\x01printf "<%s>" \n`);
  const command = shell === 'bash' ? 'bash --norc -i' : 'zsh -f -i';
  const output = spawnShell(command, `${start}\n${typed.join('')}exit\n`);
  return [...output.matchAll(/^((?:<[^<>\r\n%]*>)+)/gm)].map(([, words]) => words!.slice(1, -1).split('><'));
}

/** The words after the Tab key. */
function completed(shell: Shell, lines: readonly string[]): string[][] {
  if (shell !== 'fish') return completedAtTerminal(shell, lines);
  const asked = lines.map((line) => `complete -C '${line}'; echo ===`).join('; ');
  const output = spawnShell(`fish -c "leakviz completion fish | source; ${asked}"`, '');
  return output
    .split('===')
    .slice(0, lines.length)
    .map((found, index) => {
      const words = lines[index]!.split(' ');
      return [...words.slice(0, -1), ...found.trim().split(/\r?\n/)];
    });
}

const missing = (shell: Shell) => [shell, 'script'].filter((program) => !existsSync(`/usr/bin/${program}`));
for (const shell of shells) {
  if (missing(shell).length > 0)
    test.skip(`completion in ${shell} needs ${missing(shell).join(', ')}: apt-get install -y ${shell}`, () => {});
}

describe.each(shells.filter((shell) => missing(shell).length === 0))('in %s', { timeout: 120_000 }, (shell) => {
  test('commands, options, their values, and files are completed', () => {
    expect(
      completed(shell, [
        'leakviz dem',
        'leakviz diff --fail',
        'leakviz diff --layout h',
        'leakviz diff --report html,ju',
        'leakviz diff --bpp 1',
        'leakviz completion z',
        'leakviz diff only',
      ]),
    ).toEqual([
      ['leakviz', 'demo'],
      ['leakviz', 'diff', '--fail-on'],
      ['leakviz', 'diff', '--layout', 'hilbert'],
      ['leakviz', 'diff', '--report', 'html,junit'],
      ['leakviz', 'diff', '--bpp', '16'],
      ['leakviz', 'completion', 'zsh'],
      ['leakviz', 'diff', fileName],
    ]);
  });
});

describe('asked for', () => {
  const answer = async (...words: string[]) =>
    (await runCli(['--get-yargs-completions', 'leakviz', ...words])).stdout.trim().split('\n');

  test('a command, it names all', async () => {
    expect(await answer('')).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
  });

  test('an option, it names all of the command', async () => {
    expect(await answer('info', '--')).toContain('--verbose');
  });

  test('a value, it names those that there are', async () => {
    expect(await answer('diff', '--report', '')).toEqual(['html', 'md', 'json', 'junit']);
    expect(await answer('diff', '--report', 'md,')).toContain('md,json');
    expect(await answer('diff', '--layout', 'x')).toEqual(['']);
    expect(await answer('diff', '--fail-on', 'leak,i')).toEqual(['leak,inconclusive']);
  });
});

test('another shell is a mistake', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh']);
  expect(stderr).toMatch(/completion: expected bash, zsh, fish, found 'tcsh'/);
  expect(code).toBe(exitCodes.badInput);
});
