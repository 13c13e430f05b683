// Finds what the benchmark needs on this machine, and builds its programs.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, HealthyCase, LeakAllocator } from './cases.ts';

const programsFolder = join(import.meta.dirname, 'programs');

/** Built programs by name, and preloaded libraries by allocator; what is missing is not in them. */
export interface Tools {
  readonly folder: string;
  readonly programs: ReadonlyMap<string, string>;
  readonly libraries: ReadonlyMap<LeakAllocator, string>;
}

/** Names of the tools without which nothing can be captured. */
export function missingTools(): string[] {
  return ['gcc', 'gdb', 'gcore'].filter((name) => !findTool(name));
}

/** Full path of a program; undefined when there is none. Servers live where a user's path does not lead. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

const libraryNames: Partial<Record<LeakAllocator, RegExp>> = {
  jemalloc: /^libjemalloc\.so\.\d+$/,
  tcmalloc: /^libtcmalloc_minimal\.so\.\d+$/,
  mimalloc: /^libmimalloc\.so\.\d+(\.\d+)?$/,
};

interface Build {
  readonly name: string;
  readonly compiler: string;
  readonly options: readonly string[];
}

const builds: readonly Build[] = [
  { name: 'leaker', compiler: 'gcc', options: ['leaker.c', '-pthread'] },
  { name: 'leaker-musl', compiler: 'musl-gcc', options: ['leaker.c'] },
  { name: 'steady', compiler: 'gcc', options: ['steady.c'] },
  { name: 'steady-musl', compiler: 'musl-gcc', options: ['steady.c'] },
  { name: 'wine-leaker.exe', compiler: 'x86_64-w64-mingw32-gcc', options: ['wine-leaker.c', '-ldbghelp'] },
];

/** Builds all programs that can be built here into the folder. */
export function prepareTools(folder: string): Tools {
  const programs = new Map<string, string>();
  for (const { name, compiler, options } of builds) {
    if (!findTool(compiler)) continue;
    const path = join(folder, name);
    execFileSync(compiler, ['-O1', '-Wall', '-Wextra', '-Werror', '-o', path, ...options], { cwd: programsFolder });
    programs.set(name, path);
  }
  if (findTool('javac') && findTool('java')) {
    execFileSync('javac', ['-d', folder, join(programsFolder, 'JavaService.java')]);
    programs.set('JavaService', folder);
  }
  programs.set('node-service', join(programsFolder, 'node-service.mjs'));
  programs.set('python-service', join(programsFolder, 'python_service.py'));
  return { folder, programs, libraries: findLibraries() };
}

function findLibraries(): Map<LeakAllocator, string> {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].filter((folder) => existsSync(folder));
  const libraries = new Map<LeakAllocator, string>();
  for (const [allocator, pattern] of Object.entries(libraryNames)) {
    for (const folder of folders) {
      const name = readdirSync(folder).find((entry) => pattern.test(entry));
      if (name && !libraries.has(allocator as LeakAllocator))
        libraries.set(allocator as LeakAllocator, join(folder, name));
    }
  }
  return libraries;
}

/** Why a case cannot be captured on this machine; null when it can. */
export function whyNotHere(one: Case, tools: Tools): string | null {
  if (one.allocator in libraryNames && !tools.libraries.has(one.allocator)) return `no ${one.allocator} library`;
  if (one.kind === 'healthy') return whyNoHealthy(one, tools);
  if (one.allocator === 'musl' && !tools.programs.has('leaker-musl')) return 'no musl-gcc';
  if (one.allocator === 'wine' && !(tools.programs.has('wine-leaker.exe') && findTool('wine')))
    return 'no mingw-w64 or wine';
  return null;
}

function whyNoHealthy(one: HealthyCase, tools: Tools): string | null {
  if (one.program === 'steady')
    return one.allocator === 'musl' && !tools.programs.has('steady-musl') ? 'no musl-gcc' : null;
  if (one.program === 'java') return tools.programs.has('JavaService') ? null : 'no JDK';
  const name = { node: 'node', python: 'python3', nginx: 'nginx', redis: 'redis-server', memcached: 'memcached' }[
    one.program
  ];
  return findTool(name) ? null : `no ${name}`;
}

/** What was measured, and what the dumps were made with, in words. */
export function versionsOf(tools: Tools): { readonly what: string; readonly version: string }[] {
  const packageOf: Record<string, string> = {
    jemalloc: 'libjemalloc2',
    tcmalloc: 'libtcmalloc-minimal4',
    mimalloc: 'libmimalloc2.0',
  };
  return [
    { what: 'leakviz', version: `as of commit ${firstLine('git', ['describe', '--always', '--dirty'])}` },
    { what: 'C compiler', version: firstLine('gcc', ['--version']) },
    { what: 'glibc', version: firstLine('ldd', ['--version']) },
    { what: 'musl', version: debianVersion('musl') },
    ...[...tools.libraries.keys()].map((one) => ({ what: one, version: debianVersion(packageOf[one]!) })),
    { what: 'Wine', version: firstLine('wine', ['--version']) },
    { what: 'gdb', version: firstLine('gdb', ['--version']) },
    { what: 'Node.js', version: process.version },
    { what: 'CPython', version: firstLine(systemPython(), ['--version']) },
    { what: 'Java', version: firstLine('java', ['--version']) },
    ...['nginx', 'redis-server', 'memcached'].map((name) => ({ what: name, version: debianVersion(name) })),
  ];
}

/** The system's own interpreter if there is one: wrappers in front of it start it as a child. */
export function systemPython(): string {
  const system = '/usr/bin/python3';
  return existsSync(system) ? realpathSync(system) : 'python3';
}

function firstLine(command: string, options: readonly string[]): string {
  try {
    const text = execFileSync(command, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n')[0]!.trim();
  } catch {
    return 'not here';
  }
}

function debianVersion(name: string): string {
  const status = firstLine('dpkg-query', ['--show', name]);
  return status.split('\t')[1] ?? status;
}
