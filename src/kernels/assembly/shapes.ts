// How a shape is kept.

/** Words that a shape tells the kinds of, three bits each, the first one highest. */
export const shapeWords: u32 = 8;
export const shapeMask: u32 = (1 << (3 * shapeWords)) - 1;
export const firstShift: u32 = 3 * (shapeWords - 1);
