// How alike bytes are: the one measure that everything about raw bitmaps is told by.

/**
 * Differences above this count as this. In photographs neighbours differ by little and chance pairs by about this much;
 * an edge of black on white must not outweigh ten pixels that agree.
 */
export const largestDifference = 64;

/** 0 for equal bytes, up to `largestDifference`. */
export function differenceOf(a: number, b: number): number {
  const difference = a < b ? b - a : a - b;
  return Math.min(difference, largestDifference);
}

/** Mean difference of two rows, from up to 512 places spread over them; `from` and `to` bound the columns. */
export function rowDifference(a: Uint8Array, b: Uint8Array, from = 0, to = a.length): number {
  // Odd, so that every channel of a pixel has its turn.
  const step = Math.max(1, Math.floor((to - from) / 512) | 1);
  let sum = 0;
  let count = 0;
  for (let at = from; at < to; at += step) {
    sum += differenceOf(a[at]!, b[at]!);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** The middle of the values; they end up sorted. 0 where there are none. */
export function medianOf(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}
