// Child processes: dumping them, and making sure that none is left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync } from 'node:fs';

/** No step of any program takes this long; one that does hangs. */
const stepTimeout = 180_000;

/** Writes an ELF core of the process; returns its path. */
export async function dumpProcess(processId: number, prefix: string): Promise<string> {
  const gcore = spawn('gcore', ['-o', prefix, `${processId}`], { stdio: 'ignore' });
  await within(ended(gcore), 'gcore');
  const path = `${prefix}.core`;
  renameSync(`${prefix}.${processId}`, path);
  return path;
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  child.kill('SIGKILL');
  await ended(child);
}

export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took too long`)), stepTimeout);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
