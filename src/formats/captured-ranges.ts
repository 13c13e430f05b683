import { isExactAddress } from '../bytes/binary-reader.ts';
import type { CapturedRange } from '../model/dump.ts';
import {
  capturedIntervals,
  capturedTableLike,
  type LikeBounds,
  newCapturedTable,
  sortedCaptured,
} from '../model/dump-tables.ts';
import { doOverlap } from '../model/intervals.ts';
import type { Table } from '../model/list.ts';
import type { WarningLog } from './warnings.ts';

/**
 * Makes captured ranges as a dump declares them fit the contract of Dump.captured: sorted, never overlapping, not
 * empty, inside the file. What lies beyond the end of the file is cut off; where two ranges overlap the one that
 * starts first wins, for both claim to be the same bytes.
 * @param like see capturedTableLike
 */
export function settleCapturedRanges(
  declared: Iterable<CapturedRange>,
  fileSize: number,
  warnings: WarningLog,
  like?: LikeBounds,
): Table<CapturedRange> {
  const inFile = clippedToFile(declared, fileSize, warnings);
  const sorted = sortedCaptured(like ? capturedTableLike(inFile, like) : newCapturedTable(inFile));
  return doOverlap(capturedIntervals(sorted)) ? newCapturedTable(withoutOverlaps(sorted)) : sorted;
}

function* withoutOverlaps(sorted: Iterable<CapturedRange>): Generator<CapturedRange, void> {
  let end = Number.NEGATIVE_INFINITY;
  for (const range of sorted) {
    const overlap = Math.max(0, end - range.start);
    if (overlap >= range.size) continue;
    if (overlap === 0) yield range;
    else {
      yield {
        start: range.start + overlap,
        size: range.size - overlap,
        fileOffset: range.fileOffset + overlap,
      };
    }
    end = range.start + range.size;
  }
}

function* clippedToFile(
  declared: Iterable<CapturedRange>,
  fileSize: number,
  warnings: WarningLog,
): Generator<CapturedRange, void> {
  let neededEnd = 0;
  let lostBytes = 0;
  for (const range of declared) {
    if (!(range.size > 0)) continue;
    if (!isExactAddress(range.start) || !isExactAddress(range.start + range.size)) {
      warnings.add('bad-range', `a memory range has an impossible address or size and is skipped`);
      continue;
    }
    const size = Math.max(0, Math.min(range.size, fileSize - range.fileOffset));
    neededEnd = Math.max(neededEnd, range.fileOffset + range.size);
    lostBytes += range.size - size;
    if (size > 0) yield size === range.size ? range : { ...range, size };
  }
  if (lostBytes > 0) {
    const text = `the file is cut off: it declares ${neededEnd} bytes and has ${fileSize}, so ${lostBytes} bytes of memory are missing`;
    warnings.add('truncated', text, fileSize);
  }
}
