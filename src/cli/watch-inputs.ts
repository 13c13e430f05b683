// Dumps that somebody still writes to: what is read of them early and late would be of two different files.
import { type Stats, statSync } from 'node:fs';
import { LeakvizError } from '../errors.ts';

/** Remembers the files as they are. The function that it returns throws LeakvizError `unreadable-file` once one was written to. */
export function watchInputs(paths: readonly string[]): () => void {
  const before = paths.map(stateOf);
  return () => {
    const changed = paths.find((path, index) => isOtherThan(before[index], stateOf(path)));
    if (changed === undefined) return;
    throw new LeakvizError('unreadable-file', `${changed} has changed while it was read`, {
      hint: 'Wait until whatever writes it has finished, then run leakviz again.',
    });
  };
}

function stateOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** A file that was removed or replaced by another meanwhile is still there for whoever has it open. */
function isOtherThan(before: Stats | undefined, now: Stats | undefined): boolean {
  if (before === undefined || now === undefined || before.ino !== now.ino) return false;
  return before.size !== now.size || before.mtimeMs !== now.mtimeMs;
}
