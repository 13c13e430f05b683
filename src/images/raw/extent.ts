// How far the rows of a picture go on, up and down from where its stride was found.
import { rowDifference } from './difference.ts';
import type { RowReader } from './row-reader.ts';

/** Rows counted from the reader's base; `end` is exclusive. */
export interface RowExtent {
  readonly start: number;
  readonly end: number;
}

/** Rows that differ by less are alike, whatever they show. */
const plainDifference = 2;
/** Neighbouring rows agree better than a row and another part of its neighbour do. */
const largestShare = 0.7;
const rowsTogether = 5;
const largestShareTogether = 0.82;
/** Memory that nothing was written to is no picture, however alike. */
const mostEmptyRows = 48;
/**
 * Lines of text and borders across a picture break the likeness. It goes on where, within so many rows, one comes that is
 * like the last before the break, or rows that are like each other.
 */
const longestBreak = 32;
const shortBreak = 3;
const rowsBehindBreak = 3;
export const mostRows = 65_535;

/** Begins at the first rows that are alike; `from` and up to `searchedRows` more may be of something else. */
export function findExtent(rows: RowReader, limits: RowExtent, searchedRows: number): RowExtent {
  const seed = firstAlike(rows, Math.min(searchedRows, limits.end - rowsBehindBreak));
  return { start: walk(rows, seed, -1, limits.start), end: walk(rows, seed, 1, limits.end - 1) + 1 };
}

function firstAlike(rows: RowReader, end: number): number {
  let alike = 0;
  for (let row = 0; row < end; row++) {
    alike = areAlike(rows.row(row), rows.row(row + 1)) ? alike + 1 : 0;
    if (alike === rowsBehindBreak) return row + 1 - rowsBehindBreak;
  }
  return 0;
}

function areAlike(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const difference = rowDifference(a, b);
  return difference <= plainDifference || difference <= largestShare * shiftedDifference(a, b);
}

/** The same of several rows on end: noise that hides the likeness of one pair does not hide that of many. */
function areAlikeTogether(rows: RowReader, first: number, direction: 1 | -1): boolean {
  let difference = 0;
  let shifted = 0;
  for (let index = 0; index < rowsTogether; index++) {
    const a = rows.row(first + index * direction);
    const b = rows.row(first + (index + 1) * direction);
    if (a === undefined || b === undefined) return false;
    difference += rowDifference(a, b);
    shifted += shiftedDifference(a, b);
  }
  return difference <= largestShareTogether * shifted;
}

/** A row against another part of its neighbour. */
function shiftedDifference(a: Uint8Array, b: Uint8Array): number {
  const shift = Math.round(a.length / 32) * 12;
  return rowDifference(a.subarray(0, a.length - shift), b.subarray(shift));
}

/** The last row in this direction that belongs to the first one. */
function walk(rows: RowReader, first: number, direction: 1 | -1, limit: number): number {
  const isWithin = (row: number) => (direction === 1 ? row < limit : row > limit);
  const isAlike = (row: number) =>
    isWithin(row) && (areAlike(rows.row(row), rows.row(row + direction)) || areAlikeTogether(rows, row, direction));
  let row = first;
  let emptyRows = 0;
  while (isWithin(row) && emptyRows <= mostEmptyRows) {
    const next = isAlike(row) ? row + direction : behindBreak(row);
    if (next === undefined) break;
    row = next;
    emptyRows = rows.row(row)?.every((byte) => byte === 0) ? emptyRows + 1 : 0;
  }
  row -= emptyRows * direction;
  // The last of several that are alike together may not belong to them.
  for (let back = 0; back < rowsTogether && row !== first; back++) {
    if (areAlike(rows.row(row - direction), rows.row(row))) break;
    row -= direction;
  }
  return row;

  function behindBreak(last: number): number | undefined {
    for (let skipped = 1; skipped <= longestBreak; skipped++) {
      const first = last + skipped * direction;
      if (!isWithin(first)) return undefined;
      const isReturn = areAlike(rows.row(last), rows.row(first));
      if (!isReturn && skipped > shortBreak) continue;
      let alike = 0;
      while (alike < rowsBehindBreak && isAlike(first + alike * direction)) alike++;
      if (alike === rowsBehindBreak) return first;
    }
    return undefined;
  }
}
