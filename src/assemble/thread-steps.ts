// Where threads that pile up wait: those of one kind wait in the same place.
import type { LeakReport, NextStep } from '../model/leak-report.ts';
import type { StepFacts } from './next-steps.ts';
import { fileArgument, programArgument } from './shell-argument.ts';

/** In the debugger that opens such a dump; none where the verdict has another reason, or no debugger opens it. */
export function threadSteps(report: LeakReport, { isForDebuggers, operatingSystem }: StepFacts): NextStep[] {
  const dump = report.dumps.at(-1)!;
  if (!isForDebuggers || !report.verdict.reasons.some(({ code }) => code === 'more-threads')) return [];
  const step = (tool: NextStep['tool'], name: string, commands: readonly string[]): NextStep => ({
    title: `${name}: see where the threads wait`,
    tool,
    allocation: null,
    commands,
  });
  if (dump.format === 'minidump' && operatingSystem === 'windows') return [step('windbg', 'WinDbg', ['!uniqstack'])];
  const file = fileArgument(dump.path);
  if (dump.format !== 'elf-core') return [step('lldb', 'lldb', [`lldb --core ${file.argument}`, 'bt all'])];
  const unpack = file.unpack === null ? [] : [file.unpack];
  const program = programArgument(dump.processName);
  return [step('gdb', 'gdb', [...unpack, `gdb ${program} ${file.argument}`, 'thread apply all -s backtrace 8'])];
}
