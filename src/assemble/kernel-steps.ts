// What to do with the findings in dumps of a Windows kernel, where memory belongs to drivers.
import type { LeakReport, NextStep, ReportAllocation } from '../model/leak-report.ts';
import { modulePointer, type SuspectFacts, wordCount } from './debugger-commands.ts';

/** Whether the dumps are of a kernel, so that there is no process to dump again. */
export function isKernelReport(report: LeakReport): boolean {
  return report.dumps.at(-1)?.format === 'windows-kernel';
}

/** The pool that a block lies in has its tag, and the tag its driver. */
export function kernelCommands(facts: SuspectFacts): string[] {
  const address = `0x${facts.block.toString(16)}`;
  const field = modulePointer(facts);
  return [
    `!pool ${address} 2`,
    `dps ${address} L${wordCount(facts).toString(16)}`,
    ...(field ? [`ln poi(0x${(facts.block + BigInt(field.offset)).toString(16)})`] : []),
    '!poolused 2',
    '!poolused 4',
  ];
}

export function kernelCaptureSteps(report: LeakReport, suspect: ReportAllocation | undefined): NextStep[] {
  const { status } = report.verdict;
  if (status === 'none') return [];
  const step = (title: string, commands: readonly string[], allocation: string | null = null): NextStep => ({
    title,
    tool: 'shell',
    allocation,
    commands,
  });
  if (status === 'leak') {
    const commands = [
      'poolmon -b',
      'xperf -on PROC_THREAD+LOADER+POOL -stackwalk PoolAlloc -PoolTag TAG',
      'xperf -d pool.etl',
    ];
    return suspect
      ? [step('Find the caller: watch the pool by tag, record the stacks of one', commands, suspect.id)]
      : [];
  }
  const count = report.dumps.length;
  return [
    step('Take another live dump of the kernel, after about as much time again, and compare all', [
      `livekd -ml -o dump-${count + 1}.dmp`,
      "leakviz diff FIRST ... 'dump-*.dmp'",
    ]),
  ];
}
