// npm run fuzz -- [--cases N] [--seed N] [--seconds N] [--target TEXT] [--list]
// Throws hostile input at everything that reads it, one case after the other in a thread, watched by this one: a case
// that throws, takes over 10 s, or more memory than leakviz may ever take, is a finding. Prints how to run it again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { cpuSeconds, type FuzzMessage, type FuzzTask } from './fuzz-task.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    /** Ends after so many, whatever is left to do. */
    seconds: { type: 'string', default: 'Infinity' },
    /** Targets whose id holds this; all take turns. */
    target: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});

/** Of CPU time: what a busy machine takes longer for is no hang. */
const longestCase = 10;
/** Leakviz may take 512 MiB; a process that has not begun takes some 110. */
const mostMemory = 400 * 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'leakviz-fuzz-'));
const progress = new Float64Array(new SharedArrayBuffer(24)).fill(Number.POSITIVE_INFINITY);
const task: FuzzTask = {
  target: values.target,
  firstSeed: Number(values.seed),
  cases: values.list ? 0 : Number(values.cases),
  seconds: Number(values.seconds),
  folder,
  progress,
};
let targetIds: readonly string[] = [];
const script = new URL('./worker.ts', import.meta.url);
// A thread does not inherit the loader that lets this one import TypeScript.
const start = `import('tsx/esm/api').then(({ register }) => { register(); return import('${script.href}'); })`;
const worker = new Worker(start, { eval: true, workerData: task, execArgv: [] });
worker.on('message', (message: FuzzMessage) => {
  if (message.targetIds !== undefined) {
    targetIds = message.targetIds;
    if (values.list) console.log(targetIds.join('\n'));
  }
  if (message.text !== undefined && !values.list) console.log(message.text);
});
const watch = setInterval(() => {
  const problem = problemOf(progress);
  if (problem === undefined) return;
  fail(problem);
  void worker.terminate();
}, 250);
try {
  const code = await new Promise<number>((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  process.exitCode ||= code;
} catch (error) {
  fail(error);
} finally {
  clearInterval(watch);
  rmSync(folder, { recursive: true, force: true });
}

function fail(problem: unknown): void {
  const turn = progress[0]!;
  const id = targetIds[turn % targetIds.length];
  const seed = task.firstSeed + Math.floor(turn / targetIds.length);
  console.error(`FINDING --target ${id} --seed ${seed} --cases 1:`, problem);
  process.exitCode = 1;
}

function problemOf([, began, memoryBefore]: Float64Array): string | undefined {
  if (cpuSeconds() - began! > longestCase) return `still running after ${longestCase} s`;
  const taken = process.memoryUsage.rss() - memoryBefore!;
  return taken > mostMemory ? `takes ${Math.round(taken / 2 ** 20)} MiB of memory` : undefined;
}
