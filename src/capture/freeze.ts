// Stops a process while its memory is read, and makes sure that it goes on.
import { setTimeout } from 'node:timers/promises';
import type { Standstill } from '../formats/elf-core/capture-notes.ts';
import { accessError, processError } from './access-error.ts';
import { threadsOf, tracerOf } from './live-process.ts';
import { startResumeGuard } from './resume-guard.ts';

export interface Freeze {
  readonly standstill: Standstill;
  /**
   * Lets the process go on if it was stopped for this, and returns for how many milliseconds it stood still; null when
   * it was not. Never throws; only the first call does anything.
   */
  release(): number | null;
}

/** A process that does not stop within this time will not: init of a container ignores SIGSTOP from inside. */
const longestStopMs = 2000;

/** A thread that has been in the kernel, uninterruptibly, for so long stops before it runs any of its program's code. */
const uninterruptibleMs = 100;

/**
 * Sends SIGSTOP and waits until all threads stand still. A process that is stopped already, by a signal or by its
 * debugger, is left as it is. `onFreeze` is told right away how to undo it, for signals that end leakviz itself.
 * Rejects with LeakvizError `unreadable-process`, or the signal's reason; then the process goes on.
 */
export async function freeze(
  processId: number,
  { signal, onFreeze }: { readonly signal: AbortSignal; readonly onFreeze?: ((undo: () => void) => void) | undefined },
): Promise<Freeze> {
  if (threadsOf(processId).every(({ state }) => isStill(state))) {
    return { standstill: 'stopped-before', release: () => null };
  }
  const tracer = tracerOf(processId);
  if (tracer !== 0) {
    const hint = 'Stop it in the debugger first, or give --no-pause.';
    throw processError(processId, `process ${tracer} debugs it, and would get the signal that stops it`, hint);
  }
  const guard = await startResumeGuard(processId);
  const started = performance.now();
  let pausedMs: number | undefined;
  const release = (): number => {
    if (pausedMs !== undefined) return pausedMs;
    resume(processId);
    pausedMs = performance.now() - started;
    guard.dismiss();
    return pausedMs;
  };
  onFreeze?.(release);
  try {
    process.kill(processId, 'SIGSTOP');
    await untilStill(processId, started, signal);
  } catch (error) {
    release();
    throw accessError(processId, error);
  }
  return { standstill: 'paused', release };
}

/** Stopped by a signal, by a debugger, or ended. */
export function isStill(state: string): boolean {
  return 'TtZXx'.includes(state);
}

function resume(processId: number): void {
  try {
    process.kill(processId, 'SIGCONT');
  } catch {
    // It has ended: nothing stands still.
  }
}

async function untilStill(processId: number, started: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waitedMs = performance.now() - started;
    const restless = threadsOf(processId).filter(({ state }) => !isStill(state));
    if (restless.every(({ state }) => state === 'D' && waitedMs > uninterruptibleMs)) return;
    if (waitedMs > longestStopMs) {
      const hint =
        'The first process of a container cannot be stopped from inside it: capture from outside, or give --no-pause.';
      throw processError(processId, `it did not stop within ${longestStopMs / 1000} s`, hint);
    }
    // Threads that sleep have to be woken to be stopped: they need the processor more than this loop does.
    await setTimeout(1);
    signal.throwIfAborted();
  }
}
