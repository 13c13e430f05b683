import type { Address } from '../model/address.ts';
import type { CapturedRange } from '../model/dump.ts';
import { isTable, type List, type Table } from '../model/list.ts';

/**
 * Captured ranges as columns, for bisecting; ranges that are neighbours both in memory and in the file are one run.
 * Sorted by start, never overlapping, never empty.
 */
export interface CapturedRuns {
  readonly starts: Float64Array;
  /** Exclusive. */
  readonly ends: Float64Array;
  readonly fileOffsets: Float64Array;
}

/** Joins neighbours: dumps cut memory into many thousand pieces that stand in the file one after the other. */
export function joinCapturedRanges(captured: List<CapturedRange>): CapturedRuns {
  if (isTable(captured) && !hasNeighbours(captured)) {
    const [starts, ends, fileOffsets] = captured.columns as readonly Float64Array[];
    return { starts: starts!, ends: ends!, fileOffsets: fileOffsets! };
  }
  const starts = new Float64Array(captured.length);
  const ends = new Float64Array(captured.length);
  const fileOffsets = new Float64Array(captured.length);
  let count = 0;
  for (const range of captured) {
    if (range.size <= 0) continue;
    const last = count - 1;
    const joins =
      count > 0 &&
      ends[last] === range.start &&
      fileOffsets[last]! + (ends[last]! - starts[last]!) === range.fileOffset;
    if (joins) {
      ends[last] = range.start + range.size;
      continue;
    }
    starts[count] = range.start;
    ends[count] = range.start + range.size;
    fileOffsets[count] = range.fileOffset;
    count += 1;
  }
  return {
    starts: starts.subarray(0, count),
    ends: ends.subarray(0, count),
    fileOffsets: fileOffsets.subarray(0, count),
  };
}

/** Index of the run that holds the address, or -1. */
export function runAt(runs: CapturedRuns, address: Address): number {
  const { starts } = runs;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low > 0 && address < runs.ends[low - 1]! ? low - 1 : -1;
}

function hasNeighbours({ columns: [starts, ends, fileOffsets], length }: Table<CapturedRange>): boolean {
  for (let index = 0; index < length; index++) {
    const size = ends![index]! - starts![index]!;
    if (size <= 0) return true;
    if (starts![index + 1] === ends![index] && fileOffsets![index + 1] === fileOffsets![index]! + size) return true;
  }
  return false;
}
