// How large a live process is, without looking at its memory; and whether it is still the same process.
import { readFileSync } from 'node:fs';

export interface ProcessSize {
  /** Clock ticks between the system's start and the process's: tells it from a later one with its id. */
  readonly startTicks: number;
  /** Bytes of private memory that it may write, touched or not. */
  readonly mappedBytes: number;
  /** Bytes of anonymous memory that are there, in memory or swapped out. */
  readonly populatedBytes: number;
}

/** Undefined when the process has ended. */
export function sizeOf(processId: number): ProcessSize | undefined {
  let status: string;
  let stat: string;
  try {
    status = readFileSync(`/proc/${processId}/status`, 'utf8');
    stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  if (/^State:\s*[ZX]/m.test(status)) return undefined;
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
    mappedBytes: kilobytes('VmData') * 1024,
    populatedBytes: (kilobytes('RssAnon') + kilobytes('VmSwap')) * 1024,
  };
}

/** As a diff counts the growth of a region: the larger of mapped and populated. Bytes, never negative. */
export function growthBetween(first: ProcessSize, now: ProcessSize): number {
  return Math.max(0, now.mappedBytes - first.mappedBytes, now.populatedBytes - first.populatedBytes);
}
