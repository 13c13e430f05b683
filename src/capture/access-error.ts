// Why a process cannot be looked into, and what to do about it.
import { readFileSync } from 'node:fs';
import { LeakvizError } from '../errors.ts';

/** Bit of CAP_SYS_PTRACE in a set of capabilities. */
const tracingCapability = 1n << 19n;

/** Turns what node:fs or a signal threw about a process into a LeakvizError `unreadable-process`. */
export function accessError(processId: number, cause: unknown): LeakvizError {
  if (cause instanceof LeakvizError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === 'ENOENT' || code === 'ESRCH') return missing(processId, cause);
  if (code === 'EACCES' || code === 'EPERM') return denied(processId, cause);
  return processError(
    processId,
    `it cannot be read: ${code}`,
    'Take the dump in another way, such as with gcore.',
    cause,
  );
}

export function processError(processId: number, what: string, hint: string, cause?: unknown): LeakvizError {
  return new LeakvizError('unreadable-process', `process ${processId}: ${what}`, { hint, cause });
}

/** With hidepid, /proc shows a user no processes of others; signals tell all the same that they are there. */
function missing(processId: number, cause: unknown): LeakvizError {
  try {
    process.kill(processId, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      const hint = 'Check the id with ps; in a container, ids are others than outside.';
      return processError(processId, 'there is no such process', hint, cause);
    }
  }
  const hint = 'Run leakviz as its user or as root.';
  return processError(processId, 'it is there, but /proc hides it (mounted with hidepid)', hint, cause);
}

function denied(processId: number, cause: unknown): LeakvizError {
  const own = process.geteuid?.() ?? -1;
  const owner = statusNumber(processId, 'Uid');
  if (own !== 0 && owner !== undefined && owner !== own) {
    const hint = `Run leakviz as that user or as root: sudo leakviz … ${processId}`;
    return processError(processId, `it belongs to another user (id ${owner})`, hint, cause);
  }
  if (own === 0 && !mayTrace()) {
    const hint =
      'Give the container the capability SYS_PTRACE (docker run --cap-add SYS_PTRACE; securityContext.capabilities.add in Kubernetes), or capture on the host.';
    return processError(processId, 'root may not look into it: the capability SYS_PTRACE is missing', hint, cause);
  }
  const scope = readText('/proc/sys/kernel/yama/ptrace_scope').trim();
  if (own !== 0 && (scope === '1' || scope === '2')) {
    const hint = 'Run leakviz as root, or allow it until the next start: sudo sysctl kernel.yama.ptrace_scope=0';
    return processError(processId, `this system lets only root look into it (ptrace_scope is ${scope})`, hint, cause);
  }
  if (scope === '3') {
    const hint = 'Only a restart with another kernel.yama.ptrace_scope changes that.';
    return processError(processId, 'this system lets nobody look into processes (ptrace_scope is 3)', hint, cause);
  }
  const hint =
    'It may have forbidden it (PR_SET_DUMPABLE, set-user-id, file capabilities), or a security module does: try as root, outside of any container.';
  return processError(processId, 'the system does not let leakviz look into it', hint, cause);
}

function mayTrace(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readText('/proc/self/status'))?.[1];
  return effective === undefined || (BigInt(`0x${effective}`) & tracingCapability) !== 0n;
}

/** First number of a line of /proc/PID/status, which everyone may read. */
function statusNumber(processId: number, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readText(`/proc/${processId}/status`))?.[1];
  return found === undefined ? undefined : Number(found);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
