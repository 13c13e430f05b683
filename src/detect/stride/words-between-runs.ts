// The same word in another run of the program: a pointer into a module moved along with it, one into a heap means nothing.
import type { Memory } from '../../memory/memory.ts';
import { lastStartingAtOrBelow } from '../../model/address.ts';
import type { Track } from '../../model/track.ts';
import { pointsInto } from '../../model/word-kind.ts';

/** Words are told by their keys; see valueKey. */
export interface WordsBetweenRuns {
  /** False for what another run has another value for: pointers to memory that has no fixed place in a module. */
  isComparable(key: number): boolean;
  /** Key of the last dump's word in another dump. */
  keyIn(dump: number, key: number): number;
}

export function wordsBetweenRuns(tracks: readonly Track[], memories: readonly Memory[]): WordsBetweenRuns {
  const isPointer = pointsInto(memories.at(-1)!.dump.regions);
  const modules = tracks
    .filter(({ kind, presence }) => kind === 'image' && presence.every((one) => one !== null))
    .map(({ presence }) => ({ ...presence.at(-1)!, presence }));
  modules.sort((a, b) => a.start - b.start);
  const moduleOf = (key: number) => {
    const module = modules[lastStartingAtOrBelow(modules, key)];
    return module && key < module.end ? module : undefined;
  };
  return {
    isComparable: (key) => !isPointer(key) || moduleOf(key) !== undefined,
    keyIn(dump, key) {
      const module = moduleOf(key);
      return module ? key + module.shift - module.presence[dump]!.shift : key;
    },
  };
}
