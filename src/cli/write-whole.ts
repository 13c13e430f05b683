import { writeSync } from 'node:fs';

/** Writes all of it: a disk that is nearly full takes a part of what it is given, and says so only the next time. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
