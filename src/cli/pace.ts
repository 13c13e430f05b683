import { newPacer } from '../scan/pacer.ts';

/** For work that is not counted in bytes: gives way every so often, and rejects with the signal's reason when aborted. */
export function paceOf(signal: AbortSignal): () => Promise<void> {
  const pacer = newPacer(signal, () => {});
  return () => pacer.pace(0);
}
