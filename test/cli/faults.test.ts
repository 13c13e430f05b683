// What goes wrong around leakviz, made for real: disks that are full, read-only or gone, files that change, devices that fail.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { type CliResult, listFolder, runCli, runInShell, sampleDumps, temporaryFolder } from './run-cli.ts';
import { smallCore } from './synth-dumps.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** One line says what and what to do; nothing of the run is left. */
function expectRefusal(result: CliResult, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr).toMatch(/^leakviz: \P{Cc}+\. \P{Cc}+\.\n$/u);
  expect(result.code).toBe(exitCodes.badInput);
}

/** Three cores of some megabytes, so that reading them takes a while. */
function writeCores(): string[] {
  return [1, 2, 3].map((number) => {
    const path = join(folder, `${number}.core`);
    writeFileSync(path, smallCore({ pages: 2000 * number }));
    return path;
  });
}

/** Results are being staged in the output folder. */
async function begun(): Promise<void> {
  const out = join(folder, 'out');
  while (!existsSync(out) || listFolder(out).length === 0) await setTimeout(2);
}

const isLinux = process.platform === 'linux';

describe('a dump that changes while it is read', () => {
  test.each([
    ['is cut off', (path: string) => truncateSync(path, 5000)],
    ['grows', (path: string) => appendFileSync(path, 'more')],
  ])('%s: nothing is written, and the file is named', async (_, change) => {
    const cores = writeCores();
    const during = async () => {
      await begun();
      change(cores[1]!);
    };
    const result = await runCli(['diff', ...cores, '-o', 'out'], { cwd: folder, during });
    expectRefusal(result, /2\.core has changed while it was read\. Wait until/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('is removed: it is still there for whoever has it open', async () => {
    const cores = writeCores();
    const during = async () => {
      await begun();
      rmSync(cores[1]!);
    };
    const result = await runCli(['diff', ...cores, '-o', 'out', '--no-pictures'], { cwd: folder, during });
    // On a slow machine it may be gone before it was opened.
    if (result.code !== 0) expectRefusal(result, /2\.core: no such file/);
    else expect(listFolder(join(folder, 'out'))).toContain('report.json');
  });
});

describe.skipIf(!isLinux || !has('gcc'))('a device that fails', () => {
  /** Makes pread fail with EIO beyond an offset, as a disk with bad sectors does. */
  const shim = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>
static int fails(int fd, off_t offset) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t got = readlink(link, path, sizeof path - 1);
  if (got < 0) return 0;
  path[got] = 0;
  return strstr(path, getenv("FAILING")) != NULL && offset >= atol(getenv("FAILS_AT"));
}
#define SHIM(name, type) ssize_t name(int fd, void *into, size_t size, type offset) { \\
  if (fails(fd, offset)) { errno = EIO; return -1; } \\
  return ((ssize_t (*)(int, void *, size_t, type))dlsym(RTLD_NEXT, #name))(fd, into, size, offset); }
SHIM(pread, off_t)
SHIM(pread64, off64_t)
`;

  function buildShim(): string {
    const library = join(folder, 'shim.so');
    writeFileSync(join(folder, 'shim.c'), shim);
    execFileSync('gcc', ['-shared', '-fPIC', '-o', library, join(folder, 'shim.c'), '-ldl']);
    return library;
  }

  test('with a read error: the file is named, and that it is the device', async () => {
    const cores = writeCores();
    const env = { LD_PRELOAD: buildShim(), FAILING: '2.core', FAILS_AT: '65536' };
    const result = await runCli(['diff', ...cores, '-o', 'out'], { cwd: folder, env });
    expectRefusal(result, /2\.core: the device reports a read error\. Copy/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('with a read error in a packed dump', async () => {
    const dumps = sampleDumps('linux-63');
    const env = { LD_PRELOAD: buildShim(), FAILING: '2.core.zst', FAILS_AT: '0' };
    const result = await runCli(['diff', ...dumps, '-o', 'out', '--temp-dir', '.'], { cwd: folder, env });
    expectRefusal(result, /2\.core\.zst: the device reports a read error\. Copy/);
    expect(listFolder(folder)).toEqual(['shim.c', 'shim.so']);
  });
});

describe.skipIf(!isLinux || !canMount())('a file system of its own', () => {
  function mount(options: string): string {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', disk]);
    onTestFinished(() => void spawnSync('umount', ['-l', disk]));
    return disk;
  }

  test('that is full: nothing of the run is left, an earlier report stays', async () => {
    const disk = mount('size=200k');
    mkdirSync(join(disk, 'out'));
    writeFileSync(join(disk, 'out', 'report.html'), 'earlier');
    const result = await runCli(['diff', ...writeCores(), '-o', join(disk, 'out')], { cwd: folder });
    expect(result.stdout).toMatch(/^ (LEAK|GROWTH|NONE|INCONCLUSIVE) /);
    expectRefusal(result, /out\/\S+: cannot be written: the disk is full\. Give another folder with -o/);
    expect(listFolder(disk)).toEqual(['out', 'out/report.html']);
    expect(readFileSync(join(disk, 'out', 'report.html'), 'utf8')).toBe('earlier');
  });

  test('that is full, for the folder of unpacked dumps', async () => {
    const disk = mount('size=1m');
    const result = await runCli(['diff', ...sampleDumps('linux-63'), '-o', 'out', '--temp-dir', disk], { cwd: folder });
    expectRefusal(result, /cannot unpack into .*disk: no space left\. Name another directory with --temp-dir/);
    expect(listFolder(folder)).toEqual(['disk']);
  });

  test('that is read-only', async () => {
    const disk = mount('size=1m');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const result = await runCli(['diff', ...writeCores(), '-o', join(disk, 'out')], { cwd: folder });
    expectRefusal(result, /out: cannot be written: the file system is read-only\. Give/);
    expect(result.stdout).toBe('');
  });

  test('that becomes read-only during the run', async () => {
    const disk = mount('size=100m');
    const during = async () => {
      while (listFolder(disk).length < 2) await setTimeout(2);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
    };
    const result = await runCli(['diff', ...writeCores(), '-o', join(disk, 'out')], { cwd: folder, during });
    expectRefusal(result, /cannot be written: the file system is read-only\. Give/);
  });
});

test('an output folder that vanishes during the run', async () => {
  const out = join(folder, 'out');
  const during = async () => {
    await begun();
    while (!listFolder(out).some((name) => name.endsWith('.png'))) await setTimeout(2);
    rmSync(out, { recursive: true });
  };
  const result = await runCli(['diff', ...writeCores(), '-o', 'out'], { cwd: folder, during });
  expectRefusal(result, /out\S*: cannot be written: the folder is not there, or cannot be made\. Give/);
  expect(listFolder(folder)).toEqual(['1.core', '2.core', '3.core']);
});

describe.skipIf(process.platform === 'win32')('limits of the shell', () => {
  test('no file may be larger than 64 KiB', async () => {
    writeCores();
    const result = await runInShell('ulimit -f 64; leakviz diff 1.core 2.core 3.core -o out', { cwd: folder });
    expectRefusal(result, /cannot be written: the file size limit is reached\. Give/);
    expect(listFolder(folder)).toEqual(['1.core', '2.core', '3.core']);
  });

  test('too few file handles for so many dumps', async () => {
    const core = smallCore();
    const names = Array.from({ length: 60 }, (_, index) => `${index + 100}.core`);
    writeFileSync(join(folder, names[0]!), core);
    for (const name of names.slice(1)) copyFileSync(join(folder, names[0]!), join(folder, name));
    const result = await runInShell('ulimit -n 48; leakviz diff *.core -o out', { cwd: folder });
    expectRefusal(result, /too many open files\. Raise the limit/);
    expect(listFolder(folder)).toEqual(names);
  });
});

test.skipIf(process.platform === 'win32')('a terminal that is closed ends the run and leaves nothing', async () => {
  const cores = writeCores();
  const during = async (child: { kill(signal: 'SIGHUP'): void }) => {
    await begun();
    child.kill('SIGHUP');
  };
  const result = await runCli(['diff', ...cores, '-o', 'out'], { cwd: folder, during });
  expect(result.code).toBe(exitCodes.hungUp);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('a failure that nobody waited for is called a bug, and leaves nothing', async () => {
  const thrown = `setTimeout(() => { throw new Error('unforeseen') }, 1)`;
  const staged = `import fs from 'node:fs'; const timer = setInterval(() => {
    if (fs.existsSync('out') && fs.readdirSync('out').length > 0) clearInterval(timer), ${thrown};
  }, 1)`;
  const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(staged)}"` };
  const result = await runCli(['diff', ...writeCores(), '-o', 'out'], { cwd: folder, env });
  expect(result.stderr).toMatch(/^leakviz: this is a bug in leakviz; .*\nleakviz: Error: unforeseen/);
  expect(result.code).toBe(exitCodes.bug);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** Only root may, and not in every container. */
function canMount(): boolean {
  if (!isLinux || process.getuid?.() !== 0) return false;
  const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
  return probe.status === 0;
}
