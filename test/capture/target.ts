// The process that the tests capture: started, asked, and stopped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

export interface Target {
  readonly id: number;
  readonly child: ChildProcess;
  /** Addresses that it told. */
  readonly places: Readonly<Record<'words' | 'written' | 'sparse' | 'reserved' | 'shared' | 'hidden', number>>;
  /** Sends a line and waits for its answer. */
  ask(line: string): Promise<void>;
}

const source = fileURLToPath(new URL('programs/target.c', import.meta.url));

/** Why these tests cannot run here; undefined where they can. */
export const obstacle =
  process.platform !== 'linux'
    ? 'only Linux has /proc'
    : spawnSync('gcc', ['--version']).status !== 0
      ? 'there is no gcc'
      : undefined;

let built: string | undefined;

/** Built once for each file of tests. */
function build(): string {
  if (built !== undefined) return built;
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'target');
  const { status, stderr } = spawnSync('gcc', ['-O1', '-g', '-pthread', '-o', program, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`target.c cannot be built: ${stderr}`);
  built = program;
  return built;
}

/** Runs until the test is over. */
export async function startTarget(): Promise<Target> {
  const child = spawn(build(), { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const told = JSON.parse((await lines.next()).value) as Record<string, string>;
  const places = Object.fromEntries(Object.entries(told).map(([name, address]) => [name, Number(address)]));
  return {
    id: child.pid!,
    child,
    places: places as Target['places'],
    async ask(line) {
      child.stdin.write(`${line}\n`);
      await lines.next();
    },
  };
}

/** Letters of proc(5), one for each thread. */
export function statesOf(processId: number): string[] {
  return readdirSync(`/proc/${processId}/task`).map((id) => {
    const stat = readFileSync(`/proc/${processId}/task/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0]!;
  });
}

export function isStopped(processId: number): boolean {
  return statesOf(processId).every((state) => state === 'T');
}
