// Whether a class grows as part of a spread of sizes: then no allocation of that size is to blame.
import type { Candidate } from './candidates.ts';
import { growInProportion } from './proportion.ts';

/**
 * Size classes of the known allocators lie at most a quarter apart, or 16 bytes; with the page that jemalloc adds to
 * blocks of 16 KB and more, these lie somewhat further from the class below.
 */
const widestStep = 1.5;
const smallestStep = 16;
/** Neighbours whose counts differ by no more than this grow alike: a class's width in bytes varies by about as much. */
const mostRatio = 4;
/** A few sizes side by side may be leaks of their own; this many in a row are a spread. */
const fewestInRow = 5;

/**
 * Allocators that round to coarse classes collect blocks of very different sizes in few strides, each of which then
 * makes up a fair share of the growth. What tells them from a leak is that the classes on either side grow alike, but
 * not in lockstep, as the parts of one leaked thing do.
 */
export function isOfSpread(one: Candidate, candidates: readonly Candidate[]): boolean {
  // Classes that stay as they are take no part: some allocators have other blocks at strides in between.
  const growing = candidates.filter(
    ({ sizeClass, growthCount }) =>
      sizeClass.method === 'chunk-walk' && sizeClass.allocator === one.sizeClass.allocator && growthCount !== 0,
  );
  growing.sort((a, b) => a.sizeClass.stride - b.sizeClass.stride);
  const at = growing.indexOf(one);
  if (at < 0) return false;
  const alike = [...growingAlike(growing, at, 1), ...growingAlike(growing, at, -1)];
  const inLockstep = alike.filter((other) => growInProportion(one, other));
  return alike.length + 1 >= fewestInRow && inLockstep.length <= alike.length / 2;
}

/** The classes in a row, from the one at the index upwards or downwards, that grow about as much as it does. */
function growingAlike(row: readonly Candidate[], at: number, direction: 1 | -1): Candidate[] {
  const found: Candidate[] = [];
  for (let next = at + direction; row[next]; next += direction) {
    if (!areNeighbours(row[next - direction]!, row[next]!) || !growsAlike(row[at]!, row[next]!)) break;
    found.push(row[next]!);
  }
  return found;
}

function areNeighbours(a: Candidate, b: Candidate): boolean {
  const small = Math.min(a.sizeClass.stride, b.sizeClass.stride);
  const large = Math.max(a.sizeClass.stride, b.sizeClass.stride);
  return large <= Math.max(small * widestStep, small + smallestStep);
}

function growsAlike(one: Candidate, other: Candidate): boolean {
  const ratio = other.growthCount / one.growthCount;
  return ratio >= 1 / mostRatio && ratio <= mostRatio;
}
