import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { isStopped, obstacle, startTarget, type Target } from '../capture/target.ts';
import { listFolder, projectFolder, runCli, temporaryFolder } from './run-cli.ts';

const scripts = join(projectFolder, 'src', 'debuggers');

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

interface Debugger {
  readonly name: string;
  /** Arguments that attach to a process, run the lines and leave. */
  readonly argumentsFor: (processId: number, lines: readonly string[]) => string[];
  readonly load: string;
  readonly env?: Readonly<Record<string, string>>;
}

const gdb: Debugger = {
  name: 'gdb',
  argumentsFor: (id, lines) => ['-nx', '-q', '-batch', '-p', `${id}`, ...lines.flatMap((line) => ['-ex', line])],
  load: `source ${join(scripts, 'leakviz_gdb.py')}`,
};

/** Debian 12 looks for lldb's Python package where it is not. */
function lldbEnvironment(): Readonly<Record<string, string>> {
  const root = '/usr/lib';
  const versions = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith('llvm-')) : [];
  const folders = versions.flatMap((version) => {
    const lib = join(root, version, 'lib');
    const pythons = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python3')) : [];
    return pythons.map((python) => join(lib, python, 'dist-packages'));
  });
  return folders.length === 0 ? {} : { PYTHONPATH: folders.join(':') };
}

const lldb: Debugger = {
  name: 'lldb',
  argumentsFor: (id, lines) => {
    const all = [...lines, 'detach', 'quit'];
    return ['--no-lldbinit', '-b', '-p', `${id}`, ...all.flatMap((line) => ['-o', line])];
  },
  load: `command script import "${join(scripts, 'leakviz_lldb.py')}"`,
  env: lldbEnvironment(),
};

function canScript({ name, env }: Debugger): boolean {
  const args = name === 'gdb' ? ['-nx', '-batch', '-ex', 'python print(6 * 7)'] : ['-b', '-o', 'script print(6 * 7)'];
  const { stdout } = spawnSync(name, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return /^42$/m.test(stdout ?? '');
}

/** Each line is a command of leakviz. */
function runIn(debug: Debugger, target: Target, ...lines: string[]): string {
  const { stdout, stderr } = spawnSync(debug.name, debug.argumentsFor(target.id, [debug.load, ...lines]), {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...debug.env },
  });
  return `${stdout}\n${stderr}`;
}

describe.each([gdb, lldb].map((debug) => [debug.name, debug] as const))('in %s', (_, debug) => {
  const isMissing = obstacle !== undefined || !canScript(debug);

  test.skipIf(isMissing)('render draws memory of a live process (skipped without the debugger)', async () => {
    const target = await startTarget();
    const line = `leakviz render ${target.places.words} 64*8 --width 16 -o 'my picture.png'`;
    expect(runIn(debug, target, line)).toContain('Picture: my picture.png, 16 × 8 pixels, 32 bits each, of 512 bytes');
    const { data } = PNG.sync.read(readFileSync(join(folder, 'my picture.png')));
    // 0x1122334455667788 in memory: 88 77 66 55 44 33 22 11; the first byte of a pixel is blue.
    expect([...data.subarray(0, 8)]).toEqual([0x66, 0x77, 0x88, 0xff, 0x22, 0x33, 0x44, 0xff]);
    expect(listFolder(folder)).toEqual(['my picture.png']);
  });

  test.skipIf(isMissing)('snapshots are compared; the heap is shown (skipped without the debugger)', async () => {
    const target = await startTarget();
    await target.ask('grow 500 3000');
    const snapshots = ['a', 'b'].map((name) => `leakviz snapshot ${name}.core`);
    const output = runIn(debug, target, ...snapshots, 'leakviz diff --no-pictures -o report', 'leakviz heap');
    expect(output).toMatch(/^ NO LEAK /m);
    expect(output).toMatch(/glibc-malloc main arena +0x\w+ +50\d/);
    expect(listFolder(folder).filter((name) => !name.includes('/'))).toEqual(['a.core', 'b.core', 'report']);
    expect(statSync(join(folder, 'a.core')).mode & 0o777).toBe(0o600);
  });

  test.skipIf(isMissing)('problems are one readable line (skipped without the debugger)', async () => {
    const target = await startTarget();
    // A session each: lldb ends one at the first command that fails.
    const output = [runIn(debug, target, 'leakviz render 0 16'), runIn(debug, target, 'leakviz diff "')].join('\n');
    expect(output).toContain('leakviz: memory from 0x0 to 0x10 cannot be read as a whole');
    expect(output).toContain('leakviz: the arguments cannot be read');
    expect(output).not.toContain('Traceback');
    expect(isStopped(target.id)).toBe(false);
  });
});

test('leakviz debuggers names scripts that are there', async () => {
  const { code, stdout } = await runCli(['debuggers']);
  expect(code).toBe(0);
  const paths = [...stdout.matchAll(/(?:source |")([^"\n]+\.(?:py|txt))/g)].map(([, path]) => path!);
  expect(paths).toHaveLength(5);
  for (const path of paths) expect(existsSync(path), path).toBe(true);
});

test('all scripts are in the package', () => {
  const { files } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('src/debuggers');
});
