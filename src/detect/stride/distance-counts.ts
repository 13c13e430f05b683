import { longBytes } from './sample-growth.ts';

/**
 * How often each distance comes, in units of 4 bytes: an array, for distances are all smaller than a window. Zeros; who
 * counts in it leaves zeros behind.
 */
export const distanceCounts = new Uint32Array(longBytes / 4);
