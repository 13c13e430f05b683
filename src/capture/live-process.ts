// A running process, as /proc shows it.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { LeakvizError } from '../errors.ts';
import { accessError, processError } from './access-error.ts';

/** What tells how its core has to be written. */
export interface LiveProcess {
  readonly id: number;
  /** File name of its program, or what the kernel calls it. Untrusted text. */
  readonly name: string;
  readonly is64Bit: boolean;
  readonly littleEndian: boolean;
  /** e_machine of its program. */
  readonly machine: number;
}

/** One thread: the fields of /proc/PID/task/TID/stat that cores carry. */
export interface LiveThread {
  readonly id: number;
  /** `R`, `S`, `D`, `T`, `t`, `Z`, `X`, … as in proc(5). */
  readonly state: string;
  readonly parentId: number;
  readonly groupId: number;
  readonly sessionId: number;
  readonly flags: number;
  readonly nice: number;
  /** Clock ticks: user, system, children's user, children's system. */
  readonly ticks: readonly number[];
}

/** The process is looked up, and whether leakviz may read it. Throws LeakvizError `unreadable-process`, `unsupported-system`. */
export function findProcess(processId: number): LiveProcess {
  if (process.platform !== 'linux') {
    throw new LeakvizError('unsupported-system', 'capture reads /proc, which only Linux has', {
      hint: 'Take a dump with a tool of this system (procdump -ma, Task Manager, lldb): docs/capturing.md names them.',
    });
  }
  if (processId === process.pid) {
    throw processError(processId, 'that is leakviz itself', 'Give the id of another process.');
  }
  const status = readOf(processId, 'status').toString();
  const leader = Number(/^Tgid:\s*(\d+)$/m.exec(status)?.[1] ?? processId);
  if (leader !== processId) {
    throw processError(processId, `that is a thread of process ${leader}`, `Give ${leader}.`);
  }
  if (/^State:\s*[ZX]/m.test(status)) {
    if (threadsOf(processId).some(({ state }) => !'ZX'.includes(state))) {
      const hint = 'Take the dump with gcore.';
      throw processError(processId, 'its first thread has ended, and /proc shows its memory there only', hint);
    }
    throw processError(processId, 'it has ended already', 'Only its parent has not asked for its exit code yet.');
  }
  if (!/^VmSize:/m.test(status)) {
    throw processError(processId, 'it has no memory of its own: it is a part of the kernel', 'Give another process.');
  }
  return { id: processId, name: nameOf(processId, status), ...programOf(processId) };
}

/** A file of /proc/PID, whole. Throws LeakvizError `unreadable-process`. */
export function readOf(processId: number, name: string): Buffer {
  try {
    return readFileSync(`/proc/${processId}/${name}`);
  } catch (error) {
    throw accessError(processId, error);
  }
}

/** The id of the process that traces it, a debugger mostly; 0 when none does. */
export function tracerOf(processId: number): number {
  return Number(/^TracerPid:\s*(\d+)$/m.exec(readOf(processId, 'status').toString())?.[1] ?? 0);
}

/** Its threads, the main one first; those that end meanwhile are left out. */
export function threadsOf(processId: number): LiveThread[] {
  let names: string[];
  try {
    names = readdirSync(`/proc/${processId}/task`);
  } catch (error) {
    throw accessError(processId, error);
  }
  const ids = names.map(Number).sort((a, b) => Number(b === processId) - Number(a === processId) || a - b);
  return ids.map((id) => threadOf(processId, id)).filter((thread) => thread !== undefined);
}

function threadOf(processId: number, id: number): LiveThread | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${processId}/task/${id}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name stands in brackets and may hold some itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index] ?? 0);
  return {
    id,
    state: fields[0] ?? '?',
    parentId: number(1),
    groupId: number(2),
    sessionId: number(3),
    flags: number(6),
    nice: number(16),
    ticks: [number(11), number(12), number(13), number(14)],
  };
}

function nameOf(processId: number, status: string): string {
  try {
    const path = readlinkSync(`/proc/${processId}/exe`).replace(/ \(deleted\)$/, '');
    return path.slice(path.lastIndexOf('/') + 1);
  } catch {
    return /^Name:\s*(.*)$/m.exec(status)?.[1] ?? 'process';
  }
}

/** The program's ELF header says what the process is: 32 bit or 64, and for which processor. */
function programOf(processId: number): Pick<LiveProcess, 'is64Bit' | 'littleEndian' | 'machine'> {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(`/proc/${processId}/exe`, 'r');
    try {
      readSync(file, header, 0, header.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw accessError(processId, error);
  }
  const littleEndian = header[5] !== 2;
  return {
    is64Bit: header[4] !== 1,
    littleEndian,
    machine: littleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18),
  };
}

/** Whether leakviz was started by it, directly or not: a shell, a terminal, a server of terminals. */
export function isAncestor(processId: number): boolean {
  for (let id = process.ppid; id > 1; ) {
    if (id === processId) return true;
    try {
      id = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return false;
    }
  }
  return false;
}
