// Long work gives way now and then, so that progress shows and Ctrl-C is heard.
import { setImmediate } from 'node:timers/promises';

/** Told of work done; interrupts it. */
export interface Pacer {
  /** @param done bytes since the last call. Throws the signal's reason when it was aborted. */
  pace(done: number): Promise<void>;
}

const longestStretchMs = 40;

/** @param onProgress is told the bytes done since it was told last */
export function newPacer(signal: AbortSignal | undefined, onProgress: (bytes: number) => void): Pacer {
  let last = performance.now();
  let pending = 0;
  return {
    async pace(done) {
      pending += done;
      const now = performance.now();
      if (now - last < longestStretchMs) return;
      onProgress(pending);
      pending = 0;
      await setImmediate();
      signal?.throwIfAborted();
      last = performance.now();
    },
  };
}
