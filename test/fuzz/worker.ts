// The thread that runs the cases: each target in turn with a seed, then the next seed.
import { parentPort, workerData } from 'node:worker_threads';
import { cpuSeconds, type FuzzMessage, type FuzzTask } from './fuzz-task.ts';
import { newRandom } from './random.ts';
import { fuzzTargets } from './targets/index.ts';

const casesBetweenReports = 10_000;

const task = workerData as FuzzTask;
const targets = fuzzTargets.filter(({ id }) => id.includes(task.target));
send({ targetIds: targets.map(({ id }) => id) });
if (targets.length === 0) throw new Error(`no target's id holds '${task.target}'; --list shows all`);
const findings = new Map<string, number>();
const start = performance.now();
let done = 0;
let turn = 0;
while (done < task.cases && performance.now() - start < task.seconds * 1000) {
  const target = targets[turn % targets.length]!;
  const seed = task.firstSeed + Math.floor(turn / targets.length);
  turn += 1;
  if (task.cases > 1 && seed % (target.oneRoundIn ?? 1) !== 0) continue;
  task.progress[0] = turn - 1;
  task.progress[1] = cpuSeconds();
  task.progress[2] = process.memoryUsage.rss();
  try {
    await target.run(newRandom(seed), task.folder);
  } catch (error) {
    tell(`--target ${target.id} --seed ${seed} --cases 1`, error);
  }
  done += 1;
  if (done % casesBetweenReports === 0) send({ text: `${done} cases, ${findings.size} findings` });
}
task.progress[1] = Number.POSITIVE_INFINITY;
const seconds = Math.round((performance.now() - start) / 1000);
const lastSeed = task.firstSeed + Math.ceil(turn / targets.length) - 1;
send({
  text: `${done} cases of ${targets.length} targets, seeds ${task.firstSeed} to ${lastSeed}, in ${seconds} s: ${findings.size} findings`,
});
process.exitCode = findings.size > 0 ? 1 : 0;

/** Each place that throws is told once. */
function tell(how: string, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const place = stack.split('\n').slice(1, 3).join(' ') || stack;
  const times = findings.get(place) ?? 0;
  findings.set(place, times + 1);
  if (times === 0) send({ text: `FINDING ${how}\n${stack}` });
}

function send(message: FuzzMessage): void {
  parentPort!.postMessage(message);
}
