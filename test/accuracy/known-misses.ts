// Why the misses of the last full run are misses, by case: found by looking into their dumps.

export const knownMisses: Readonly<Record<string, string>> = {
  'glibc-034':
    'three of its blocks got the next larger chunk in that step, because the rest of a free one was too small to stand alone; four such chunks among those that come and go are too few to be told from chance, so their class is not joined to the suspect',
};
