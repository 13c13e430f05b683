// What to do with the findings, as commands that can be copied.
import type { OperatingSystem } from '../model/dump.ts';
import type { LeakReport, NextStep, ReportAllocation } from '../model/leak-report.ts';
import { printExactBytes } from '../text/print-quantity.ts';
import { captureSteps } from './capture-steps.ts';
import { chapCommands, gdbCommands, lldbCommands, type SuspectFacts, winDbgCommands } from './debugger-commands.ts';
import { isKernelReport, kernelCaptureSteps, kernelCommands } from './kernel-steps.ts';
import { fileArgument, programArgument } from './shell-argument.ts';
import { threadSteps } from './thread-steps.ts';

/** What the report does not say itself. */
export interface StepFacts {
  readonly operatingSystem: OperatingSystem;
  /** Name of the collecting runtime, as the verdict gives it. */
  readonly collector: string | null;
  /** Bytes of a block before what malloc returned, by allocation id. */
  readonly headerBytesOf: (id: string) => number;
  /** Whether debuggers open the last dump's file: they cannot put an incremental core together. */
  readonly isForDebuggers: boolean;
}

/** Suspects whose blocks are shown; the further ones differ in numbers only. */
const mostSuspects = 5;

/** How to see for oneself what is said of each suspect, then what to capture or to watch. */
export function nextSteps(report: LeakReport, facts: StepFacts): NextStep[] {
  const suspects = report.verdict.suspects
    .map((id) => report.allocations.find((one) => one.id === id))
    .filter((one) => one !== undefined)
    .slice(0, mostSuspects);
  return [
    ...suspects.flatMap((suspect) => debuggerSteps(report, suspect, facts)),
    ...threadSteps(report, facts),
    ...(isKernelReport(report) ? kernelCaptureSteps(report, suspects[0]) : captureSteps(report, suspects[0], facts)),
  ];
}

/** In the debuggers that open such a dump. */
function debuggerSteps(report: LeakReport, suspect: ReportAllocation, facts: StepFacts): NextStep[] {
  const [block] = suspect.sampleAddresses;
  const dump = report.dumps.at(-1)!;
  if (block === undefined || dump.format === 'raw' || !facts.isForDebuggers) return [];
  const known = suspectFacts(report, suspect, facts.headerBytesOf(suspect.id));
  const step = (tool: NextStep['tool'], verb: string, commands: readonly string[]): NextStep => ({
    title: `${verb} blocks of ${printExactBytes(suspect.strideBytes)}`,
    tool,
    allocation: suspect.id,
    commands,
  });
  if (isKernelReport(report)) return [step('windbg', 'WinDbg: see', kernelCommands(known))];
  if (dump.format === 'minidump' && facts.operatingSystem === 'windows') {
    return [step('windbg', 'WinDbg: see', winDbgCommands(known))];
  }
  const file = fileArgument(dump.path);
  const program = programArgument(dump.processName);
  // Without the program too: lldb opens nothing at all when it is named and not there.
  const lldb = step('lldb', 'lldb: see', [`lldb --core ${file.argument}`, ...lldbCommands(known)]);
  if (dump.format !== 'elf-core') return [lldb];
  const unpack = file.unpack === null ? [] : [file.unpack];
  return [
    step('gdb', 'gdb: see', [...unpack, `gdb ${program} ${file.argument}`, ...gdbCommands(known)]),
    lldb,
    ...(suspect.allocator === 'glibc-malloc'
      ? [step('chap', 'chap: count', [`chap ${file.argument}`, ...chapCommands(known)])]
      : []),
  ];
}

function suspectFacts(report: LeakReport, suspect: ReportAllocation, headerBytes: number): SuspectFacts {
  const { pointerSize } = report.dumps.at(-1)!;
  const regions = suspect.regionIds
    .map((id) => report.regions.find((region) => region.id === id))
    .map((region) => ({ start: region?.start.at(-1) ?? null, end: region?.end.at(-1) ?? null }));
  return {
    suspect,
    pointerSize,
    headerBytes,
    block: BigInt(suspect.sampleAddresses[0]!),
    ranges: regions
      .filter((range): range is { start: string; end: string } => range.start !== null && range.end !== null)
      .slice(0, 2),
  };
}
