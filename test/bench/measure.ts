// Runs programs next to each other, several times, and takes medians: times of one machine vary from minute to minute.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

export const mainFile = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** One run of one program. Times in seconds. */
export interface Run {
  readonly wall: number;
  /** What it wrote to stderr. */
  readonly told: string;
}

/** Rejects when the program fails or the signal is aborted; the program is ended then. */
export async function runOnce(command: readonly string[], signal: AbortSignal): Promise<Run> {
  signal.throwIfAborted();
  const output = openSync(devNull, 'w');
  const start = performance.now();
  let wall = 0;
  let told = '';
  try {
    const [program, ...args] = command;
    const child = spawn(program!, args, { stdio: ['ignore', output, 'pipe'], signal });
    child.stderr!.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    child.on('exit', () => {
      wall = (performance.now() - start) / 1000;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${told}`);
  } finally {
    closeSync(output);
  }
  return { wall, told };
}

/** Runs all commands in turn, `times` over, after one run of each that does not count: it warms the page cache. */
export async function runInTurn(
  commands: readonly (readonly string[])[],
  times: number,
  signal: AbortSignal,
): Promise<Run[][]> {
  const runs: Run[][] = commands.map(() => []);
  for (let time = -1; time < times; time++) {
    for (const [index, command] of commands.entries()) {
      const run = await runOnce(command, signal);
      if (time >= 0) runs[index]!.push(run);
    }
  }
  return runs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What leakviz says of itself with --verbose: seconds per phase, of processor time, and its most memory. */
export interface OwnFigures {
  readonly phases: ReadonlyMap<string, number>;
  readonly cpu: number;
  readonly peak: string;
}

export function ownFigures(told: string): OwnFigures {
  const line = told.split('\n').find((one) => one.includes('of processor time'));
  if (line === undefined) throw new Error(`no times in: ${told}`);
  const [, steps, cpu, peak] = /leakviz: (.*); ([\d.]+) s of processor time, at most (.*) of memory/.exec(line)!;
  const phases = steps!.split(', ').map((step) => {
    const [, name, seconds] = /^(.*) ([\d.]+) s$/.exec(step)!;
    return [name!, Number(seconds)] as const;
  });
  return { phases: new Map(phases), cpu: Number(cpu), peak: peak! };
}
