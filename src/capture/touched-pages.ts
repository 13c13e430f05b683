// Which pages of a mapping are there: /proc/PID/pagemap, 8 bytes per page.
import { readSync } from 'node:fs';
import type { Interval } from '../formats/intervals.ts';

/** What is looked for: pages that were ever touched, or those that the process has of its own (written copies of a file's). */
export type WantedPages = 'touched' | 'own';

/** Bits of the upper half of an entry, as in Documentation/admin-guide/mm/pagemap.rst. */
const present = 2 ** 31;
const swapped = 2 ** 30;
const ofFileOrShared = 2 ** 29;

const entrySize = 8;
const entriesPerRead = 1 << 15;

export interface PageMap {
  /** Runs of wanted pages, in order of address, never touching each other. */
  runs(range: Interval, wanted: WantedPages): Interval[];
}

/** @param descriptor of /proc/PID/pagemap; undefined where the kernel has none: then every page counts as there */
export function createPageMap(descriptor: number | undefined, pageSize: number): PageMap {
  const buffer = new Uint32Array(entriesPerRead * 2);
  const bytes = new Uint8Array(buffer.buffer);
  const upper = endianness() === 'little' ? 1 : 0;

  function isWanted(entry: number, wanted: WantedPages): boolean {
    const isThere = (entry & (present | swapped)) !== 0;
    return isThere && (wanted === 'touched' || (entry & ofFileOrShared) === 0);
  }

  return {
    runs(range, wanted) {
      if (descriptor === undefined) return [{ start: range.start, end: range.end }];
      const runs: { start: number; end: number }[] = [];
      const count = Math.round((range.end - range.start) / pageSize);
      for (let done = 0; done < count; ) {
        const asked = Math.min(entriesPerRead, count - done);
        const position = (range.start / pageSize + done) * entrySize;
        const got = Math.floor(readSync(descriptor, bytes, 0, asked * entrySize, position) / entrySize);
        // The process has ended, or the mapping is gone; reading its memory will tell.
        if (got === 0) break;
        for (let index = 0; index < got; index++) {
          if (!isWanted(buffer[index * 2 + upper]!, wanted)) continue;
          const start = range.start + (done + index) * pageSize;
          const last = runs.at(-1);
          if (last?.end === start) last.end = start + pageSize;
          else runs.push({ start, end: start + pageSize });
        }
        done += got;
      }
      return runs;
    },
  };
}

/** Of this machine, which is that of the process too. */
function endianness(): 'little' | 'big' {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 'little' : 'big';
}
