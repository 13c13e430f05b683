// Whether a class grows as part of a spread of sizes: then no allocation of that size is to blame.
import type { Candidate } from './candidates.ts';
import { growInProportion } from './proportion.ts';

/** Size classes of the known allocators lie at most a quarter apart; the smallest ones by 16 bytes. */
const widestStep = 1.26;
const smallestStep = 16;
/** Neighbours whose counts differ by no more than this grow alike: a class's width in bytes varies by about as much. */
const alike = 4;
/** A few sizes side by side may be leaks of their own; this many in a row are a spread. */
const fewestInRow = 5;

/**
 * Allocators that round to coarse classes collect blocks of very different sizes in few strides, each of which then
 * makes up a fair share of the growth. What tells them from a leak is that the classes on either side grow alike, but
 * not in lockstep, as the parts of one leaked thing do.
 */
export function isOfSpread(one: Candidate, candidates: readonly Candidate[]): boolean {
  const row = candidates
    .filter(({ sizeClass }) => sizeClass.method === 'chunk-walk' && sizeClass.allocator === one.sizeClass.allocator)
    .sort((a, b) => a.sizeClass.stride - b.sizeClass.stride);
  const at = row.indexOf(one);
  if (at < 0) return false;
  return 1 + growingAlike(row, at, 1) + growingAlike(row, at, -1) >= fewestInRow;
}

/** How many classes in a row, from the one at the index upwards or downwards, grow as it does. */
function growingAlike(row: readonly Candidate[], at: number, direction: 1 | -1): number {
  const one = row[at]!;
  let count = 0;
  for (let next = row[at + direction]; next; next = row[at + direction * (count + 1)]) {
    const before = row[at + direction * count]!;
    if (!areNeighbours(before, next) || !growsAlike(one, next)) break;
    count++;
  }
  return count;
}

function areNeighbours(a: Candidate, b: Candidate): boolean {
  const small = Math.min(a.sizeClass.stride, b.sizeClass.stride);
  const large = Math.max(a.sizeClass.stride, b.sizeClass.stride);
  return large <= Math.max(small * widestStep, small + smallestStep);
}

function growsAlike(one: Candidate, other: Candidate): boolean {
  const ratio = other.growthCount / one.growthCount;
  return ratio >= 1 / alike && ratio <= alike && !growInProportion(one, other);
}
