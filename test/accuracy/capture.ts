// Runs a program of the benchmark and dumps it after each of its steps.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Case, HealthyCase, LeakCase } from './cases.ts';
import { dumpProcess, ended, stop, within } from './processes.ts';
import { captureServer } from './servers.ts';
import { systemPython, type Tools } from './tools.ts';

/** Blocks of one stride, as the program itself counts them. */
export interface StrideTruth {
  readonly stride: number;
  /** Blocks of the churning cache. */
  readonly cached: number;
  /** Leaked blocks, by leak. */
  readonly leaked: readonly number[];
}

export interface Capture {
  readonly dumps: readonly string[];
  /** Per dump; empty lists for healthy programs. */
  readonly truth: readonly (readonly StrideTruth[])[];
}

export async function capture(one: Case, tools: Tools, folder: string): Promise<Capture> {
  if (one.kind === 'leak') {
    if (one.allocator === 'wine') return captureWine(one, tools, folder);
    return captureSteps(leakCommand(one, tools), one.dumps, folder);
  }
  const server = one.program === 'nginx' || one.program === 'redis' || one.program === 'memcached';
  if (server) return { dumps: await captureServer(one, folder), truth: [] };
  return captureSteps(healthyCommand(one, tools), one.dumps, folder);
}

interface Command {
  readonly file: string;
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function leakCommand(one: LeakCase, tools: Tools): Command {
  const leaks = one.leaks.map(({ request, content, steps }) => `${request}:${content}:${steps.join(',')}`);
  const file = tools.programs.get(one.allocator === 'musl' ? 'leaker-musl' : 'leaker')!;
  const options = [one.allocator, `${one.threads}`, `${one.noise}`, one.pool, `${one.seed}`, ...leaks];
  return { file, options, env: preloaded(one, tools) };
}

function preloaded(one: Case, tools: Tools): NodeJS.ProcessEnv {
  const library = tools.libraries.get(one.allocator);
  return library ? { ...process.env, LD_PRELOAD: library } : process.env;
}

function healthyCommand(one: HealthyCase, tools: Tools): Command {
  const steps = `${one.dumps}`;
  const env = preloaded(one, tools);
  switch (one.program) {
    case 'node':
      return { file: process.execPath, options: [tools.programs.get('node-service')!, one.mode, steps], env };
    case 'python':
      return { file: systemPython(), options: [tools.programs.get('python-service')!, one.mode, steps], env };
    case 'java': {
      // Reserved but untouched memory only makes the dumps large.
      const small = ['-Xmx48m', '-XX:ReservedCodeCacheSize=24m', '-XX:CompressedClassSpaceSize=16m', '-Xshare:off'];
      return {
        file: 'java',
        options: [...small, '-cp', tools.folder, 'JavaService', one.mode, steps],
        env: { ...env, MALLOC_ARENA_MAX: '2' },
      };
    }
    default: {
      const file = tools.programs.get(one.allocator === 'musl' ? 'steady-musl' : 'steady')!;
      return { file, options: [one.mode, steps, `${one.seed}`], env };
    }
  }
}

/** The program prints a line after each step and goes on when it is sent one. */
async function captureSteps(command: Command, dumps: number, folder: string): Promise<Capture> {
  const child = spawn(command.file, command.options, { env: command.env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const result: { dumps: string[]; truth: StrideTruth[][] } = { dumps: [], truth: [] };
  try {
    for (let step = 1; step <= dumps; step++) {
      const line = await within(lines.next(), `step ${step} of ${command.file}`);
      if (line.done) throw new Error(`${command.file} ended before step ${step}`);
      result.truth.push(JSON.parse(line.value));
      result.dumps.push(await dumpProcess(child.pid!, join(folder, `${step}`)));
      child.stdin.write('\n');
    }
    return result;
  } finally {
    await stop(child);
  }
}

async function captureWine(one: LeakCase, tools: Tools, folder: string): Promise<Capture> {
  const leaks = one.leaks.map(({ request, content, steps }) => `${request}:${content}:${steps[0]}`);
  const options = [tools.programs.get('wine-leaker.exe')!, `${folder}/`, `${one.dumps}`, ...leaks];
  const env = { ...process.env, WINEDEBUG: '-all' };
  const child = spawn('wine', options, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const truth: StrideTruth[][] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => truth.push(JSON.parse(line)));
  try {
    await within(ended(child), 'wine');
  } finally {
    await stop(child);
  }
  if (truth.length !== one.dumps) throw new Error(`Wine made ${truth.length} of ${one.dumps} dumps`);
  return { dumps: truth.map((_, index) => join(folder, `${index + 1}.dmp`)), truth };
}
