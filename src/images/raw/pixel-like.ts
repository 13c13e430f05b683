// Throws out most memory before any period is looked for: words, code and packed data are no pixels.

/** Bytes of memory that are judged at once. */
export const pageBytes = 4096;

/** Neighbours of one channel differ by less than this in most of any picture. */
const nearDifference = 24;
/** So many of the pairs that say something have to be near. */
const leastNearShare = 0.6;
/** Pairs of which fewer say something tell nothing: the page is flat. */
const fewestPairs = 24;
/** Odd, so that every channel of a pixel has its turn. */
const step = 7;
const largestPixel = 4;

/**
 * Whether neighbours at the distance of some pixel are alike, without being all the same. Pairs of two zeros do not
 * count: nearly all memory has those.
 */
export function isPixelLike(page: Uint8Array): boolean {
  for (let lag = 1; lag <= largestPixel; lag++) {
    let pairs = 0;
    let near = 0;
    let equal = 0;
    for (let at = 0; at + lag < page.length; at += step) {
      const a = page[at]!;
      const b = page[at + lag]!;
      if (a === 0 && b === 0) continue;
      pairs++;
      const difference = a < b ? b - a : a - b;
      if (difference < nearDifference) near++;
      if (difference === 0) equal++;
    }
    if (pairs >= fewestPairs && pairs > equal && near >= leastNearShare * pairs) return true;
  }
  return false;
}
