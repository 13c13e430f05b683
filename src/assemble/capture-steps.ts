// What to capture next: another dump, a full one, one after a collection; and what names the caller of a leak.
import type { LeakReport, NextStep, ReportAllocation } from '../model/leak-report.ts';
import type { StepFacts } from './next-steps.ts';
import { programArgument } from './shell-argument.ts';

export function captureSteps(report: LeakReport, suspect: ReportAllocation | undefined, facts: StepFacts): NextStep[] {
  const { status, reasons } = report.verdict;
  const has = (code: string) => reasons.some((reason) => reason.code === code);
  if (status === 'none') return [];
  if (status === 'leak') return suspect ? callerSteps(report, suspect, facts) : [];
  return [
    ...(has('too-little-captured') ? [fullDump(report, facts)] : []),
    ...(facts.collector !== null && has('collector') ? [collection(facts.collector, report, facts)] : []),
    ...(has('retention') ? [retention(report, facts)] : []),
    has('different-runs') ? dumpsOfOneRun(report, facts) : moreDumps(report, facts),
  ];
}

function step(title: string, commands: readonly string[], allocation: string | null = null): NextStep {
  return { title, tool: 'shell', allocation, commands };
}

function processId(report: LeakReport): string {
  return String(report.dumps.at(-1)!.processId ?? 'PID');
}

function isWindows({ operatingSystem }: StepFacts): boolean {
  return operatingSystem === 'windows';
}

/** @param number of the dump, for its name */
function dumpCommand(report: LeakReport, facts: StepFacts, number: number): string {
  const id = processId(report);
  if (isWindows(facts)) return `procdump -ma ${id} dump-${number}.dmp`;
  return facts.operatingSystem === 'linux'
    ? `leakviz capture ${id} -o dump-${number}.core`
    : `gcore -o dump-${number} ${id}`;
}

/** A leak is proven by the third dump of the same run; a cache by the one after it, when it no longer grows. */
function moreDumps(report: LeakReport, facts: StepFacts): NextStep {
  const count = report.dumps.length;
  const names = isWindows(facts) ? 'dump-*.dmp' : 'dump-*';
  return step(
    count < 3
      ? 'Take a third dump of the same run, after about as much time again, and compare all'
      : 'Let it run on as long again, take two more dumps, and compare all',
    [
      dumpCommand(report, facts, count + 1),
      ...(count < 3 ? [] : [dumpCommand(report, facts, count + 2)]),
      `leakviz diff FIRST ... '${names}'`,
    ],
  );
}

function dumpsOfOneRun(report: LeakReport, facts: StepFacts): NextStep {
  return step('Take three dumps of one run, some time apart', [
    ...[1, 2, 3].map((number) => dumpCommand(report, facts, number)),
    `leakviz diff '${isWindows(facts) ? 'dump-*.dmp' : 'dump-*'}'`,
  ]);
}

function fullDump(report: LeakReport, facts: StepFacts): NextStep {
  return step('Capture full dumps: these hold too little of the memory', [dumpCommand(report, facts, 1)]);
}

/** By the name that the verdict gives the runtime. */
const collections: Readonly<Record<string, (id: string, program: string) => readonly string[]>> = {
  'the Java virtual machine': (id) => [`jcmd ${id} GC.run`],
  '.NET': (id) => [`dotnet-gcdump collect --process-id ${id}`],
  V8: (_, program) => [`${program} --expose-gc SCRIPT`, 'global.gc()'],
  'the Ruby interpreter': () => ['GC.start(full_mark: true, immediate_sweep: true)'],
  PyPy: () => ['import gc; gc.collect()'],
  'the Erlang virtual machine': () => ['[erlang:garbage_collect(P) || P <- processes()].'],
  'the Go runtime': () => ['runtime.GC(); debug.FreeOSMemory()'],
};

function collection(collector: string, report: LeakReport, facts: StepFacts): NextStep {
  const commands = collections[collector]?.(processId(report), programArgument(report.dumps.at(-1)!.processName)) ?? [];
  return step(`Force a full collection of ${collector} before each dump, so that garbage is not taken for a leak`, [
    ...commands,
    dumpCommand(report, facts, 1),
  ]);
}

function retention(report: LeakReport, facts: StepFacts): NextStep {
  const id = processId(report);
  return isWindows(facts)
    ? step('See how much of the heaps is free, in WinDbg', ['!heap -s'])
    : step('Give freed memory back and see whether the size falls: then nothing is lost', [
        `grep VmRSS /proc/${id}/status`,
        `gdb -p ${id} -batch -ex 'call (int)malloc_trim(0)'`,
        `grep VmRSS /proc/${id}/status`,
      ]);
}

/** Dumps keep no stack of an allocation; these tools record it in the next run, for this size only where they can. */
function callerSteps(report: LeakReport, suspect: ReportAllocation, facts: StepFacts): NextStep[] {
  const id = processId(report);
  const program = programArgument(report.dumps.at(-1)!.processName);
  const title = 'Find the caller: record the stacks of such allocations while it runs';
  if (isWindows(facts)) {
    const image = /\.exe$/i.test(program) ? program : `${program}.exe`;
    return [
      step(
        title,
        [`gflags /i ${image} +ust`, `umdh -p:${id} -f:1.txt`, `umdh -p:${id} -f:2.txt`, 'umdh 1.txt 2.txt -f:diff.txt'],
        suspect.id,
      ),
    ];
  }
  const size = suspect.requestBytes;
  const sizes = size === null ? '' : ` -z ${size.min} -Z ${size.max}`;
  return [step(title, [`memleak-bpfcc -p ${id}${sizes} 30`, `heaptrack -p ${id}`], suspect.id)];
}
