// Dumps of a process that leaks mappings: as many regions of one page as one likes, with a guard page behind each.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { dumpCount, headerOfRegions, makePages, pageSize, pieceBytes, regionStart, shareOf } from './make-dumps.ts';

/** Of the last dump's regions, those that came since the first: half of them in each step. */
const leakedShare = 0.2;
const changedShare = 0.05;

/** @param regions of the last dump. Returns the files' paths in capture order. */
export function makeRegionDumps(
  folder: string,
  { format, regions }: { readonly format: 'elf' | 'minidump'; readonly regions: number },
): string[] {
  const { objects, leak } = makePages();
  const kept = Math.floor(regions * (1 - leakedShare));
  return Array.from({ length: dumpCount }, (_, dump) => {
    const count = kept + Math.floor(((regions - kept) * dump) / (dumpCount - 1));
    const path = join(folder, `${regions}-regions-${dump + 1}.${format === 'minidump' ? 'dmp' : format}`);
    const places = Array.from({ length: count }, (_, index) => ({
      address: regionStart + index * 2 * pageSize,
      fileSize: pageSize,
    }));
    const file = openSync(path, 'w');
    try {
      writeSync(file, headerOfRegions(format, places));
      const piece = new Uint8Array(pieceBytes);
      const view = new DataView(piece.buffer);
      const perPiece = pieceBytes / pageSize;
      for (let from = 0; from < count; from += perPiece) {
        const to = Math.min(count, from + perPiece);
        for (let index = from; index < to; index++) {
          const at = (index - from) * pageSize;
          piece.set(index < kept ? objects[index % objects.length]! : leak.subarray(0, pageSize), at);
          // No two pages are the same.
          view.setUint32(at + 128, index + 1, true);
          if (shareOf(index) < changedShare) view.setUint32(at + 1024, dump + 1, true);
        }
        writeSync(file, piece, 0, (to - from) * pageSize);
      }
    } finally {
      closeSync(file);
    }
    return path;
  });
}
