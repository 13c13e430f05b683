// Large dumps that are made in no time.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from '../synth/leaky-process.ts';

/** Holes cost nothing on disk, and are read like all else: enough of them that another thread pays. */
const bytes = 140 << 20;
const leakStart = 90 << 20;
const leakStride = 208;
/** What the terminal says of it. */
export const leakFound = '65,536 → 131,072 → 196,608';

/** Three raw files of one growing process. */
export function makeSparseDumps(folder: string): string[] {
  const random = randomNumbers(7);
  return [1, 2, 3].map((dump) => {
    const path = join(folder, `${dump}.raw`);
    const file = openSync(path, 'w');
    ftruncateSync(file, bytes);
    for (let place = 0; place < 400 * dump; place++) {
      const data = Buffer.alloc(4096).fill(`some text ${Math.floor(random() * 1000)} `);
      writeSync(file, data, 0, data.length, Math.floor(random() * (bytes / 4096 - 1)) * 4096);
    }
    // A leak that is counted in more than one part.
    const blocks = Buffer.alloc(leakStride * 4096);
    for (let at = 0; at < blocks.length; at += leakStride) blocks.writeBigUInt64LE(0x7f00_1234_5678n, at);
    for (let piece = 0; piece < 16 * dump; piece++) {
      writeSync(file, blocks, 0, blocks.length, leakStart + piece * blocks.length);
    }
    closeSync(file);
    return path;
  });
}
