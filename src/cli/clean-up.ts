// What must not be left behind, whatever ends the run: temporary files, half-written results.
const cleanUps = new Set<() => void>();

/** Registers what to undo; returns a function that takes the registration back. */
export function onExit(cleanUp: () => void): () => void {
  cleanUps.add(cleanUp);
  return () => cleanUps.delete(cleanUp);
}

/** Runs every registered clean-up once. */
export function runCleanUps(): void {
  for (const cleanUp of cleanUps) {
    cleanUps.delete(cleanUp);
    cleanUp();
  }
}
