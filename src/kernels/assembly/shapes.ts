// The kinds of the words last seen, and where runs of one kind begin among them.

/** Words that a shape tells the kinds of, three bits each, the first one highest. */
export const shapeWords: u32 = 8;
const shapeMask: u32 = (1 << (3 * shapeWords)) - 1;
const firstShift: u32 = 3 * (shapeWords - 1);

/** Of the words last seen; 0 where all of them were zero. */
export let shape: u32 = 0;

export function beginShapes(): void {
  shape = 0;
}

/** Takes in the kind of one more word; true where a run begins with the first of the eight. */
export function extendShape(kind: u32): bool {
  const oldest = shape >>> firstShift;
  shape = ((shape << 3) | kind) & shapeMask;
  return shape >>> firstShift !== oldest;
}
