// Words of a stretch by kind, and the picture's code for them.
import { cellCode, wordKinds } from '../model/cell-map.ts';

/** One count per word kind. */
export function newWordCounts(): Float64Array {
  return new Float64Array(wordKinds.length);
}

/** The picture's code for a stretch with these counts. */
export function cellOfCounts(counts: ArrayLike<number>): number {
  let most = 1;
  let nonZero = 0;
  for (let kind = 1; kind < wordKinds.length; kind++) {
    nonZero += counts[kind]!;
    if (counts[kind]! > counts[most]!) most = kind;
  }
  return cellCode(most, nonZero === 0 ? 0 : nonZero / (nonZero + counts[0]!));
}
