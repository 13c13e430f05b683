/** The word that was probably meant, or undefined when none is near. */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  // Longer than any word that could be meant; distances to it would only take time.
  if (typed.length > 40) return undefined;
  const near = words
    .map((word) => ({ word, distance: editDistance(typed, word) }))
    .filter(({ word, distance }) => distance <= Math.ceil(Math.min(word.length, typed.length) / 3));
  near.sort((a, b) => a.distance - b.distance);
  return near[0]?.word;
}

/** Levenshtein: characters to put in, leave out or replace. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[b.length]!;
}
