// The registers of a stopped thread, as far as /proc tells them; all would need ptrace.
import { readFileSync } from 'node:fs';
import { machines } from '../formats/elf-core/elf-header.ts';

/** /proc/PID/task/TID/syscall. Values are as wide as registers, so bigints. */
export interface ThreadRegisters {
  readonly stackPointer: bigint;
  readonly programCounter: bigint;
  /** Of the system call that it was stopped in; undefined when it was in its own code. */
  readonly systemCall: { readonly number: bigint; readonly arguments: readonly bigint[] } | undefined;
}

/** Undefined while it runs, and where the system does not tell. */
export function readRegisters(processId: number, threadId: number): ThreadRegisters | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${processId}/task/${threadId}/syscall`, 'utf8');
  } catch {
    return undefined;
  }
  return parseRegisters(text);
}

/** `NUMBER ARG0 … ARG5 SP PC`; `-1 SP PC` outside of system calls; or `running`. */
function parseRegisters(text: string): ThreadRegisters | undefined {
  const words = text.trim().split(' ');
  if (words.length !== 3 && words.length !== 9) return undefined;
  const [number, ...values] = words.map(BigInt);
  const [stackPointer, programCounter] = values.slice(-2);
  const systemCall = number! < 0n ? undefined : { number: number!, arguments: values.slice(0, -2) };
  return { stackPointer: stackPointer!, programCounter: programCounter!, systemCall };
}

/** Where elf_gregset_t of a processor has them, as indices of words. */
interface RegisterLayout {
  readonly count: number;
  readonly stackPointer: number;
  readonly programCounter: number;
  readonly systemCall: number;
  readonly arguments: readonly number[];
  /** Registers that the kernel sets to the same value in all programs: segment selectors. */
  readonly constant: readonly (readonly [index: number, value: number])[];
}

/** linux/arch/PROCESSOR/include/asm/elf.h and user.h. */
const layouts: ReadonlyMap<number, RegisterLayout> = new Map([
  [
    machines.x64,
    {
      count: 27,
      stackPointer: 19,
      programCounter: 16,
      systemCall: 15,
      arguments: [14, 13, 12, 7, 9, 8],
      constant: [
        [17, 0x33],
        [20, 0x2b],
      ],
    },
  ],
  [
    machines.i386,
    {
      count: 17,
      stackPointer: 15,
      programCounter: 12,
      systemCall: 11,
      arguments: [0, 1, 2, 3, 4, 5],
      constant: [
        [13, 0x23],
        [16, 0x2b],
        [7, 0x2b],
        [8, 0x2b],
      ],
    },
  ],
  [
    machines.arm64,
    { count: 34, stackPointer: 31, programCounter: 32, systemCall: 8, arguments: [0, 1, 2, 3, 4, 5], constant: [] },
  ],
  [
    machines.riscv,
    {
      count: 32,
      stackPointer: 2,
      programCounter: 0,
      systemCall: 17,
      arguments: [10, 11, 12, 13, 14, 15],
      constant: [],
    },
  ],
]);

/** The words of pr_reg, zero where not known; undefined for processors whose layout is not in the table. */
export function registerWords(machine: number, registers: ThreadRegisters | undefined): bigint[] | undefined {
  const layout = layouts.get(machine);
  if (layout === undefined) return undefined;
  const words = new Array<bigint>(layout.count).fill(0n);
  for (const [index, value] of layout.constant) words[index] = BigInt(value);
  if (registers === undefined) return words;
  words[layout.stackPointer] = registers.stackPointer;
  words[layout.programCounter] = registers.programCounter;
  const { systemCall } = registers;
  if (systemCall === undefined) return words;
  words[layout.systemCall] = systemCall.number;
  for (const [order, index] of layout.arguments.entries()) words[index] = systemCall.arguments[order] ?? 0n;
  return words;
}
