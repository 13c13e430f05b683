import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
export const mainFile = join(projectFolder, 'dist', 'cli', 'main.js');

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the running process, to send signals or close its pipes. */
  readonly during?: (child: ChildProcess) => void | Promise<void>;
}

/** Runs the built `leakviz` as a user does, without a terminal and without stdin. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await collect(spawnCli(process.execPath, [mainFile, ...args], options), options);
}

/** The same, within a shell command; `leakviz` stands for it. */
export async function runInShell(command: string, options: CliOptions = {}): Promise<CliResult> {
  const define = `leakviz() { '${process.execPath}' '${mainFile}' "$@"; }`;
  return await collect(spawnCli('bash', ['-c', `set -o pipefail; ${define}; ${command}`], options), options);
}

function spawnCli(file: string, args: readonly string[], options: CliOptions): ChildProcess {
  // Nothing of the surroundings may colour the output or set its width.
  const { NO_COLOR: _, FORCE_COLOR: __, COLUMNS: ___, ...env } = process.env;
  const spawnOptions: SpawnOptions = { env: { ...env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] };
  return spawn(file, args, options.cwd === undefined ? spawnOptions : { ...spawnOptions, cwd: options.cwd });
}

async function collect(child: ChildProcess, options: CliOptions): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => stderr.push(chunk));
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  await options.during?.(child);
  const code = await closed;
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Names of all files and folders below, hidden ones too, with `/`, sorted. */
export function listFolder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')).sort();
}

/** The files below, by name, byte for byte. */
export function readFolder(folder: string): Map<string, Buffer> {
  const files = listFolder(folder).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name))]));
}

/** One of the shipped series, as absolute paths in capture order. */
export function sampleDumps(series: string): string[] {
  const folder = join(projectFolder, 'samples', series);
  const names = readdirSync(folder).filter((name) => name.endsWith('.zst'));
  return names.sort().map((name) => join(folder, name));
}

export interface SampleTruth {
  readonly request: number;
  readonly counts: readonly number[];
  readonly capturedAt: readonly string[];
}

export function sampleTruth(series: string): SampleTruth {
  return JSON.parse(readFileSync(join(projectFolder, 'samples', series, 'truth.json'), 'utf8')) as SampleTruth;
}
