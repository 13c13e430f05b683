/** Beyond, pictures of single dumps fill disks and are not looked at: each takes a few megabytes as BMP. */
const mostDrawn = 12;

/** Indexes of the dumps that get pictures of their own: all of a few; of many the first, the last, and some in between. */
export function drawnDumps(dumpCount: number): number[] {
  if (dumpCount <= mostDrawn) return Array.from({ length: dumpCount }, (_, index) => index);
  return Array.from({ length: mostDrawn }, (_, index) => Math.round((index * (dumpCount - 1)) / (mostDrawn - 1)));
}
