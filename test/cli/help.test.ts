import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { runCli } from './run-cli.ts';

const helpLines = ['--help', '-h', ...commands.map(({ name }) => `${name} --help`)];

describe.each(helpLines)('leakviz %s', (line) => {
  test('prints help to stdout, within 80 columns, and succeeds', async () => {
    const result = await runCli(line.split(' '));
    expect(result).toMatchObject({ code: exitCodes.done, stderr: '' });
    for (const line of result.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(result.stdout).toContain('Examples:\n');
    expect(result.stdout).not.toContain('undefined');
  });
});

test('help lists all commands and exit codes', async () => {
  const { stdout } = await runCli(['--help']);
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^  leakviz ${name}\\b`, 'm'));
  for (const code of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
});

test.each(commands.map((command) => [command.name, command] as const))(
  'help of %s lists all its options',
  async (name, command) => {
    const { stdout } = await runCli([name, '--help']);
    for (const option of Object.keys(command.options)) expect(stdout).toMatch(new RegExp(`--${option}  +\\S`));
  },
);

test('help is the same in all languages', async () => {
  const german = await runCli(['diff', '--help'], { env: { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' } });
  expect(german.stdout).toBe((await runCli(['diff', '--help'])).stdout);
});

test('--version prints the version', async () => {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect(await runCli(['--version'])).toEqual({ code: exitCodes.done, stdout: `${version}\n`, stderr: '' });
});
