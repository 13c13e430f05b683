import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { type CliResult, listFolder, runCli, runInShell, temporaryFolder } from './run-cli.ts';
import { smallCore, writeSmallCores } from './synth-dumps.ts';

let folder: string;
let first: string;
let second: string;

beforeEach(() => {
  folder = temporaryFolder();
  [first, second] = writeSmallCores(folder, 2) as [string, string];
});

/** Says what, where and what to do in one printable line on stderr, and nothing on stdout. */
function expectOneLine(result: CliResult, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/^leakviz: \P{Cc}+\n$/u);
  expect(result).toMatchObject({ code: exitCodes.badInput, stdout: '' });
}

async function leakviz(...args: string[]): Promise<CliResult> {
  return await runCli(args, { cwd: folder });
}

describe('input that cannot be compared ends in one line and exit code 2', () => {
  test('no dump at all', async () => {
    expectOneLine(await leakviz('diff'), /diff: no dump was given.*leakviz diff a\.dmp b\.dmp c\.dmp/);
  });

  test('a file that does not exist', async () => {
    expectOneLine(await leakviz('diff', first, 'missing.core'), /missing\.core: no such file or folder\. Check/);
  });

  test('an empty name', async () => {
    expectOneLine(await leakviz('diff', first, ''), /'': no such file/);
  });

  test('a pattern that nothing matches', async () => {
    expectOneLine(await leakviz('diff', '*.dmp'), /\*\.dmp: no file matches\. Check/);
  });

  test('an empty folder', async () => {
    mkdirSync(join(folder, 'empty'));
    expectOneLine(await leakviz('diff', 'empty'), /empty: the folder is empty\. Check/);
  });

  test.skipIf(process.platform !== 'linux')('a folder with a dump whose name cannot be read', async () => {
    writeFileSync(Buffer.concat([Buffer.from(join(folder, '3')), Uint8Array.of(0xff)]), smallCore());
    expectOneLine(await leakviz('diff', '.'), /the name of this file is not UTF-8\. Rename it, or name the dumps/);
  });

  test('a folder without dumps', async () => {
    mkdirSync(join(folder, 'notes'));
    writeFileSync(join(folder, 'notes', 'a.txt'), 'notes');
    expectOneLine(await leakviz('diff', 'notes'), /notes: no dumps in this folder .*Name the files/);
  });

  test('a folder with an empty file among its dumps', async () => {
    const { code, stderr } = await leakviz('diff', '.', '--no-pictures');
    writeFileSync(join(folder, '3.core'), '');
    const again = await leakviz('diff', '.', '--no-pictures');
    expect([code, again.code]).toEqual([0, 0]);
    expect(stderr).not.toContain('empty');
    expect(again.stderr).toMatch(/^leakviz: left out for being empty \(0 bytes\): 3\.core; .*take it again$/m);
  });

  test('an empty file', async () => {
    writeFileSync(join(folder, 'empty.core'), '');
    expectOneLine(
      await leakviz('diff', first, 'empty.core'),
      /empty\.core is empty \(0 bytes\)\. .*take the dump again/,
    );
  });

  test('one dump only', async () => {
    expectOneLine(
      await leakviz('diff', first),
      /1\.core: one dump shows no growth, two or more are needed\. Take another/,
    );
  });

  test('dumps of different architectures', async () => {
    writeFileSync(join(folder, 'x86.core'), smallCore({ is64Bit: false }));
    expectOneLine(
      await leakviz('diff', first, 'x86.core'),
      /x86\.core is x86, 32 bit, but .*1\.core is x64, 64 bit.*Compare/,
    );
  });

  test('dumps of different systems', async () => {
    const { sampleDumps } = await import('./run-cli.ts');
    expectOneLine(
      await leakviz('diff', sampleDumps('linux-63')[0]!, sampleDumps('windows-63')[0]!),
      /1\.dmp\.zst is of Windows, but .*1\.core\.zst is of Linux: dumps of different systems cannot be compared\./,
    );
  });

  test('a path through a file', async () => {
    expectOneLine(await leakviz('diff', join(first, 'a'), second), /1\.core.a: no such file/);
  });

  test.skipIf(process.platform === 'win32')('a device', async () => {
    expectOneLine(
      await leakviz('diff', first, '/dev/null'),
      /cannot read \/dev\/null: it is no regular file\. .*copy it/,
    );
  });

  test('a dump that is cut off within its header', async () => {
    writeFileSync(join(folder, 'cut.core'), smallCore().subarray(0, 40));
    expectOneLine(await leakviz('diff', first, 'cut.core'), /cut\.core: .*file offset 0x.*take the dump again/);
  });

  test('packed data that cannot be unpacked', async () => {
    writeFileSync(join(folder, 'bad.gz'), Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255, 255));
    expectOneLine(await leakviz('diff', first, 'bad.gz'), /bad\.gz .*cannot be unpacked/);
  });
});

const takingArguments = commands.filter(({ missing }) => missing !== undefined);

describe.each(takingArguments.map((command) => [command.name, command] as const))('leakviz %s', (name, { missing }) => {
  test('without arguments says which are missing, with an example that names the command', async () => {
    const result = await leakviz(name);
    expectOneLine(result, new RegExp(`^leakviz: ${name}: ${missing!.text}\\. Such as: `));
    expect(missing!.example).toMatch(new RegExp(`^leakviz ${name} `));
  });

  test.runIf(missing!.example.includes('a.dmp'))('with files that do not exist says which', async () => {
    const args = missing!.example
      .split(' ')
      .slice(1)
      .map((arg) => (arg.endsWith('.dmp') ? `missing-${arg}` : arg));
    expectOneLine(await leakviz(...args), /missing-a\.dmp: no such file/);
    expect(listFolder(folder)).toEqual(['1.core', '2.core']);
  });
});

describe('a command line that cannot be understood ends in one line and exit code 2', () => {
  test.each([
    ['no command', [], /no command was given\. leakviz --help/],
    ['an unknown command', ['bogus'], /unknown command bogus\. leakviz --help/],
    ['a mistyped command', ['dif'], /unknown command dif\. Did you mean leakviz diff\?/],
    ['a mistyped command with arguments', ['dif', 'a', 'b'], /unknown command dif\. Did you mean leakviz diff\?/],
    ['a value for an option that takes none', ['diff', 'a', '--json=yes'], /--json takes no value, found 'yes'/],
    [
      'an unknown option',
      ['diff', 'a', 'b', '--frobnicate'],
      /diff: unknown option --frobnicate\. leakviz diff --help/,
    ],
    ['an unknown short option', ['diff', 'a', 'b', '-x'], /diff: unknown option -x\./],
    [
      'a mistyped option',
      ['diff', 'a', 'b', '--ful-paths'],
      /unknown option --ful-paths\. Did you mean --full-paths\?/,
    ],
    ['an unknown option before the command', ['--frobnicate', 'diff', 'a'], /unknown option --frobnicate/],
    ['an option without its value', ['diff', 'a', 'b', '--width'], /diff: --width needs a value/],
    ['a short option without its value', ['diff', 'a', 'b', '-o'], /diff: -o needs a value/],
    [
      'a folder of modules that is none',
      ['diff', '.', '--modules', '.', '--modules', 'missing'],
      /--modules: 'missing' is no folder\. Name the folder/,
    ],
    [
      'a folder of modules that is none, for blocks',
      ['blocks', 'a', '--stride', '272', '--modules', 'missing'],
      /--modules: 'missing' is no folder\. Name the folder/,
    ],
    [
      'a baseline that is a folder',
      ['diff', '.', '--fail-on', 'leak', '--baseline', '.'],
      /--baseline: \. cannot be read: it is a directory\. Give the report\.json/,
    ],
    [
      'a map that is not there',
      ['info', '1.core', '--map', 'missing'],
      /--map: missing cannot be read: no such file\. Name a text file/,
    ],
    [
      'blocks of no stride',
      ['blocks', '1.core'],
      /--stride: expected the bytes from block to block, nothing was given\./,
    ],
    ['modules without a folder', ['diff', '.', '--modules'], /diff: --modules needs a value/],
    ['an option given twice', ['diff', '.', '--width', '64', '--width', '65'], /--width is given more than once/],
    ['an argument that the command does not take', ['demo', 'now'], /demo: not expected: now\. /],
    ['several of them', ['info', 'a.dmp', 'b.dmp', 'c.dmp'], /info: not expected: b\.dmp, c\.dmp\. /],
    [
      'a width that is no number',
      ['diff', '.', '--width', 'wide'],
      /--width: expected 64 to 16384 pixels, found 'wide'/,
    ],
    [
      'bytes per pixel that are no power of two',
      ['diff', '.', '--bytes-per-pixel', '12'],
      /--bytes-per-pixel: expected a power/,
    ],
    ['an unknown report', ['diff', '.', '--report', 'pdf'], /--report: expected .*, found 'pdf'/],
    ['an interval that is none', ['diff', '.', '--interval', 'soon'], /--interval: expected a time such as 30s/],
    ['a time that is none', ['diff', '.', '--times', 'noon,noon'], /--times: 'noon' is no time\. Write ISO 8601/],
    [
      'too few times',
      ['diff', '.', '--times', '2026-03-01T14:05:00Z'],
      /--times: expected 2 times, one per dump, found 1/,
    ],
    [
      'times and interval',
      ['diff', '.', '--times', 'x', '--interval', '1s'],
      /--interval and --times say the same thing/,
    ],
    ['a base that is no address', ['diff', '.', '--base', 'zzz'], /--base: expected a hex address such as 0x/],
  ])('%s', async (_, args, message) => {
    expectOneLine(await leakviz(...args), message);
    expect(listFolder(folder)).toEqual(['1.core', '2.core']);
  });
});

describe('an output that cannot be written ends in one line and exit code 2', () => {
  test('the folder is a file', async () => {
    expectOneLine(
      await leakviz('diff', first, second, '-o', first),
      /1\.core: cannot be written: it is a file, not a folder\. Give another/,
    );
  });

  test('the folder has no name', async () => {
    expectOneLine(await leakviz('diff', first, second, '-o', ''), /--output: expected a folder, found ''/);
  });

  test('a part of its path is a file', async () => {
    expectOneLine(
      await leakviz('diff', first, second, '-o', join(first, 'out')),
      /out: cannot be written: a part of the path is a file/,
    );
  });

  test.skipIf(process.platform !== 'linux')('the file system takes no folders', async () => {
    expectOneLine(
      await leakviz('diff', first, second, '-o', '/proc/leakviz/out'),
      /\/proc\/leakviz\/out: cannot be written: .*Give another/,
    );
  });

  test('the folder for unpacked dumps does not exist', async () => {
    const [packed] = (await import('./run-cli.ts')).sampleDumps('linux-63');
    const result = await leakviz('diff', packed!, packed!, '--temp-dir', 'missing');
    expectOneLine(result, /missing: no such directory\. Name another directory with --temp-dir/);
  });

  test.skipIf(process.platform !== 'linux')('stdout is on a full disk', async () => {
    const result = await runInShell(`leakviz diff '${first}' '${second}' --no-pictures -o out > /dev/full`, {
      cwd: folder,
    });
    expectOneLine(result, /stdout cannot be written: the disk is full/);
  });
});

describe('after a failure', () => {
  test('no folder is left that was not there before', async () => {
    writeFileSync(join(folder, 'empty.core'), '');
    await leakviz('diff', first, 'empty.core', '-o', 'new/deep/out');
    expect(listFolder(folder)).toEqual(['1.core', '2.core', 'empty.core']);
  });

  test('a folder that was there before is as it was', async () => {
    mkdirSync(join(folder, 'out', 'pictures'), { recursive: true });
    writeFileSync(join(folder, 'out', 'report.md'), 'earlier');
    writeFileSync(join(folder, 'empty.core'), '');
    await leakviz('diff', first, 'empty.core', '-o', 'out');
    expect(listFolder(join(folder, 'out'))).toEqual(['pictures', 'report.md']);
  });
});

describe('names act on no terminal', () => {
  const evil = '\u001b]0;owned\u0007\u001b[31m\n\u202e';

  test.each([
    ['a file', ['diff', `${evil}x`, 'b']],
    ['a command', [evil]],
    ['an option', ['diff', `--${evil}`, 'a']],
    ['a value', ['diff', '.', '--width', evil]],
    ['an output', ['diff', '.', '-o', join('1.core', evil)]],
  ])('in the name of %s', async (_, args) => {
    const { code, stdout, stderr } = await leakviz(...args);
    expect({ code, stdout }).toEqual({ code: exitCodes.badInput, stdout: '' });
    expect(stderr).toMatch(/^leakviz: [^\p{Cc}\p{Cf}]+\n$/u);
    expect(stderr).toContain('\\x1b');
  });

  test('in the name of an output folder that is written', async () => {
    const { stdout } = await leakviz('diff', first, second, '--no-pictures', '-o', `out${evil}`);
    expect(stdout).toContain('Report: out\\x1b');
    expect(stdout).not.toContain('\u001b');
    rmSync(join(folder, `out${evil}`), { recursive: true });
  });
});

test('a dump whose name begins with a dash stands behind --', async () => {
  writeFileSync(join(folder, '-weird.core'), smallCore({ pages: 8 }));
  const result = await leakviz('diff', '--no-pictures', '-q', '--', '1.core', '-weird.core');
  expect(result).toMatchObject({ code: exitCodes.done, stderr: '' });
});
