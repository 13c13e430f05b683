/** The size of a page that a frame number counts, on all machines that Windows runs on. */
export const pageSize = 4096;

/** Pages next to each other in the machine's memory. */
export interface PageRun {
  readonly firstPage: number;
  readonly pageCount: number;
}

/** Frames are held in 32 bits, which is 16 TiB of memory. */
const mostFrames = 2 ** 32;

/** Some 50 bytes each: every other page of 64 GiB. */
const mostRuns = 1 << 23;

/** Which pages of the machine's memory the dump declares to hold. */
export interface PhysicalPages {
  readonly pageCount: number;
  /** One more than the highest page. */
  readonly endPage: number;
  /** Where a page stands in the file, or would if it were not cut off; -1 when the dump does not declare it. */
  offsetOf(page: number): number;
  /**
   * Tells of the parts of `pageCount` pages from `firstPage` on that the dump declares, in order, until told to stop
   * by false. `fileOffset` may lie beyond the end of a file that was cut off.
   */
  forEachPart(firstPage: number, pageCount: number, visit: OnPart): void;
}

export type OnPart = (firstPage: number, pageCount: number, fileOffset: number) => boolean;

/** Collects runs in the order of the file. */
export interface PhysicalPagesBuilder {
  /** False when the run cannot be, or there is no room for it, so that where those after it stand is not known. */
  add(run: PageRun): boolean;
  /** @param dataOffset where the first page stands in the file; the others follow it */
  build(dataOffset: number): PhysicalPages;
}

/** Runs in columns: bitmaps of large machines have millions. Where two overlap the one that starts first wins. */
export function createPhysicalPages(): PhysicalPagesBuilder {
  let first = new Float64Array(64);
  let counts = new Float64Array(64);
  let runCount = 0;

  function grow(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    const larger = new Float64Array(column.length * 2);
    larger.set(column);
    return larger;
  }

  function add({ firstPage, pageCount }: PageRun): boolean {
    if (!(firstPage >= 0) || !(pageCount >= 0) || firstPage + pageCount > mostFrames) return false;
    if (runCount > 0 && firstPage === first[runCount - 1]! + counts[runCount - 1]!) {
      counts[runCount - 1]! += pageCount;
      return true;
    }
    if (runCount === mostRuns) return false;
    if (runCount === first.length) {
      first = grow(first);
      counts = grow(counts);
    }
    first[runCount] = firstPage;
    counts[runCount] = pageCount;
    runCount += pageCount === 0 ? 0 : 1;
    return true;
  }

  return { add, build: (dataOffset) => sortRuns(first.subarray(0, runCount), counts, dataOffset) };
}

function sortRuns(first: Float64Array, counts: Float64Array, dataOffset: number): PhysicalPages {
  const offsets = new Float64Array(first.length);
  let end = dataOffset;
  for (let index = 0; index < first.length; index += 1) {
    offsets[index] = end;
    end += counts[index]! * pageSize;
  }
  const order = Uint32Array.from(first, (_, index) => index);
  if (first.some((page, index) => index > 0 && page < first[index - 1]!)) order.sort((a, b) => first[a]! - first[b]!);
  const starts = new Float64Array(first.length);
  const ends = new Float64Array(first.length);
  const fileOffsets = new Float64Array(first.length);
  let kept = 0;
  let pageCount = 0;
  for (const index of order) {
    const start = Math.max(first[index]!, kept === 0 ? 0 : ends[kept - 1]!);
    const runEnd = first[index]! + counts[index]!;
    if (start >= runEnd) continue;
    starts[kept] = start;
    ends[kept] = runEnd;
    fileOffsets[kept] = offsets[index]! + (start - first[index]!) * pageSize;
    pageCount += runEnd - start;
    kept += 1;
  }
  return pagesOf({ starts: starts.subarray(0, kept), ends: ends.subarray(0, kept), fileOffsets, pageCount });
}

interface SortedRuns {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly fileOffsets: Float64Array;
  readonly pageCount: number;
}

function pagesOf({ starts, ends, fileOffsets, pageCount }: SortedRuns): PhysicalPages {
  /** Index of the first run that ends beyond the page. */
  function runFrom(page: number): number {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle]! <= page) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  let lastRun = 0;

  return {
    pageCount,
    endPage: ends.at(-1) ?? 0,
    offsetOf(page) {
      if (!(page >= starts[lastRun]! && page < ends[lastRun]!)) {
        const run = runFrom(page);
        if (!(page >= starts[run]!)) return -1;
        lastRun = run;
      }
      return fileOffsets[lastRun]! + (page - starts[lastRun]!) * pageSize;
    },
    forEachPart(firstPage, count, visit) {
      const endPage = firstPage + count;
      for (let index = runFrom(firstPage); index < starts.length && starts[index]! < endPage; index += 1) {
        const start = Math.max(firstPage, starts[index]!);
        const end = Math.min(endPage, ends[index]!);
        if (!visit(start, end - start, fileOffsets[index]! + (start - starts[index]!) * pageSize)) return;
      }
    },
  };
}
