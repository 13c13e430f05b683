// Where there are more regions than anyone follows one by one, neighbours that are alike share a track.
/** What would be a track each, in address order, as columns. */
export interface Groups {
  /** See gapBits; of those that are like the one before, of others any number. */
  readonly gapsBefore: ArrayLike<number>;
  /** The same number for what is alike and has no name of its own; -1 for what stays alone. */
  readonly likeness: ArrayLike<number>;
}

/**
 * Sixteen times what a report lists, and more than a picture has rows. Whatever works on tracks takes time and memory by
 * their number, dumps of a million regions included.
 */
export const mostTracks = 16_384;

/**
 * Index of the track of each group, counted up in address order: its own, unless there are more than `most`. Then
 * neighbours that are alike are gathered, no more of them than needed and across gaps no wider than needed, for pictures
 * give gaps as much room as memory. What stays alone may be more than `most` by itself.
 */
export function gatherNeighbours(groups: Groups, most: number): Uint32Array {
  const count = groups.likeness.length;
  const tracks = new Uint32Array(count);
  if (count <= most) {
    for (let index = 0; index < count; index++) tracks[index] = index;
    return tracks;
  }
  // Half for where stretches of neighbours end, half for cutting them into pieces of equal count.
  const widest = widestGap(groups, most / 2);
  const perTrack = Math.ceil(count / (most / 2));
  let track = 0;
  let gathered = 1;
  for (let index = 1; index < count; index++) {
    gathered = bitsBefore(groups, index) <= widest && gathered < perTrack ? gathered + 1 : 1;
    if (gathered === 1) track++;
    tracks[index] = track;
  }
  return tracks;
}

/** The least power of two, by its exponent, at which at most so many stretches are left. */
function widestGap(groups: Groups, mostStretches: number): number {
  const counts: number[] = [];
  for (let index = 1; index < groups.likeness.length; index++) {
    const bits = bitsBefore(groups, index);
    if (bits < Number.POSITIVE_INFINITY) counts[bits] = (counts[bits] ?? 0) + 1;
  }
  let stretches = groups.likeness.length;
  for (let bits = 0; bits < counts.length; bits++) {
    stretches -= counts[bits] ?? 0;
    if (stretches <= mostStretches) return bits;
  }
  return counts.length;
}

/** Infinite where the group is not like the one before. */
function bitsBefore({ gapsBefore, likeness }: Groups, index: number): number {
  if (likeness[index]! < 0 || likeness[index] !== likeness[index - 1]) return Number.POSITIVE_INFINITY;
  return gapsBefore[index]!;
}

/** Bits that the bytes of a gap take. */
export function gapBits(bytes: number): number {
  return Math.ceil(Math.log2(bytes + 1));
}
