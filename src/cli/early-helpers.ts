// Threads for a diff that are started before the command line's own modules are loaded: both go on at the same time.
import { statSync } from 'node:fs';
import type { Helper } from '../threads/helper.ts';
import { startAhead } from '../threads/team.ts';
import { defaultJobs } from './default-jobs.ts';

/** Started, and not taken yet. */
let waiting: readonly Helper[] = [];

/** Unpacking takes so long that there is no hurry. */
const packed = /\.(gz|zst|xz|lz4|bz2|zip)$/i;

/**
 * Starts as many as the files among the arguments may want. A wrong guess does no harm: threads that nobody takes end
 * with the process, and those that are missed are started when the dumps are open.
 */
export function startEarlyHelpers(args: readonly string[]): void {
  if (args.some((arg) => /^(--help|-h|--jobs(=.*)?)$/.test(arg))) return;
  const bytes = args.reduce((sum, arg) => sum + sizeOf(arg), 0);
  waiting = startAhead(bytes, defaultJobs() - 1);
}

/** Who takes them ends them. */
export function takeEarlyHelpers(): readonly Helper[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

/** 0 for what is no file, or not one to be read as it lies. */
function sizeOf(arg: string): number {
  if (packed.test(arg)) return 0;
  try {
    const stat = statSync(arg, { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : 0;
  } catch {
    // Opening it tells what is wrong with it.
    return 0;
  }
}
