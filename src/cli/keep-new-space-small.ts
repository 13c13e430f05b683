import { setFlagsFromString } from 'node:v8';

/**
 * V8 makes the space for new objects up to 16 times as large where many outlive a collection. Kept at its first size it
 * is collected more often, which takes no longer where next to nothing is left each time: three dumps of a million
 * regions took 20 to 50 MB less.
 */
export function keepNewSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
