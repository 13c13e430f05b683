// The bytes from row to row: the distance at which memory is most like itself.
//
// Leaks are found by words that come again exactly (detect/stride); rows of a picture never do that. They are similar
// instead, so that the measure here is the mean difference at a distance, and the period its first deep minimum.
import { differenceOf, largestDifference, medianOf } from './difference.ts';

export interface RowStride {
  /** Bytes. */
  readonly stride: number;
  /** Mean difference at the stride, and at distances that are none of its multiples. */
  readonly difference: number;
  readonly elsewhere: number;
}

/** 16 pixels of 32 bits, 64 of 8: narrower pictures cannot be told from tables. */
export const smallestStride = 64;
export const largestStride = 65_536;

const sampleCount = 160;
const refinedCount = 1536;
/** Candidates for the period: less than this of what is usual at other distances. */
const candidateShare = 0.75;
/** And for the period found, with more samples. */
const clearShare = 0.62;
const mostCandidates = 32;

/** The period of a window; undefined where there is none that stands out. Lags up to a quarter of the window. */
export function findStride(window: Uint8Array): RowStride | undefined {
  const largestLag = Math.min(largestStride, window.length >> 2);
  const places = busyPlaces(window, window.length - largestLag - 8, sampleCount);
  if (places.length < sampleCount / 2) return undefined;
  const profile = differencesByLag(window, places, largestLag);
  const usual = usualDifference(profile, largestLag);
  const candidates = deepestMinima(profile, usual * candidateShare, largestLag);
  if (candidates.length === 0) return undefined;
  return refine(window, candidates, largestLag);
}

/** Places at which the bytes change: where all is flat, every distance fits. The same ones for the same bytes. */
function busyPlaces(window: Uint8Array, end: number, wanted: number): number[] {
  const places: number[] = [];
  let state = 0x2545_f491;
  for (let tries = 0; tries < wanted * 24 && places.length < wanted; tries++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * end);
    const byte = window[at]!;
    if (byte !== window[at + 4] || byte !== window[at + 3]) places.push(at);
  }
  return places;
}

function differencesByLag(window: Uint8Array, places: readonly number[], largestLag: number): Uint32Array {
  const profile = new Uint32Array(largestLag + 1);
  for (const place of places) {
    const byte = window[place]!;
    for (let lag = smallestStride - 2; lag <= largestLag; lag++) {
      const other = window[place + lag]!;
      const difference = byte < other ? other - byte : byte - other;
      profile[lag]! += Math.min(difference, largestDifference);
    }
  }
  return profile;
}

function usualDifference(profile: Uint32Array, largestLag: number): number {
  const step = Math.max(1, Math.floor((largestLag - smallestStride) / 1024));
  const some: number[] = [];
  for (let lag = smallestStride; lag <= largestLag; lag += step) some.push(profile[lag]!);
  return medianOf(some);
}

/** Lags below `limit` with no lower neighbour, the lowest first. */
function deepestMinima(profile: Uint32Array, limit: number, largestLag: number): number[] {
  const minima: number[] = [];
  for (let lag = smallestStride; lag < largestLag; lag++) {
    const value = profile[lag]!;
    if (value < limit && value <= profile[lag - 1]! && value <= profile[lag + 1]!) minima.push(lag);
  }
  return minima.sort((a, b) => profile[a]! - profile[b]! || a - b).slice(0, mostCandidates);
}

function refine(window: Uint8Array, candidates: readonly number[], largestLag: number): RowStride | undefined {
  const places = busyPlaces(window, window.length - largestLag - 8, refinedCount);
  const judged = new Map<number, RowStride>();
  const judge = (stride: number): RowStride => {
    let known = judged.get(stride);
    if (!known) {
      known = { stride, difference: meanDifference(window, places, stride), elsewhere: 0 };
      judged.set(stride, known);
    }
    return known;
  };
  const best = lowest(candidates.map(judge));
  const isClear = ({ stride, difference }: RowStride) =>
    difference < clearShare * elsewhereOf(window, places, stride, largestLag);
  // Lines of text and other patterns come again after many rows, more alike than neighbouring rows are: the smallest
  // part of the distance that is clear by itself is the row.
  const parts = divisorsOf(best.stride).map((stride) => lowest(around(stride, 2, largestLag).map(judge)));
  const found = [...parts, best].find(isClear);
  if (!found) return undefined;
  const exact = lowest(around(found.stride, nearestLags, largestLag).map(judge));
  return { ...exact, elsewhere: elsewhereOf(window, places, exact.stride, largestLag) };
}

/** Where the picture is smooth, a few bytes more or less are nearly as good: by few samples, chance decides. */
const nearestLags = 12;

function around(lag: number, distance: number, largestLag: number): number[] {
  return Array.from({ length: 2 * distance + 1 }, (_, index) => lag - distance + index).filter(
    (one) => one >= smallestStride && one <= largestLag,
  );
}

function lowest(strides: readonly RowStride[]): RowStride {
  return strides.reduce((best, one) => (one.difference < best.difference ? one : best));
}

/** Smaller than the number itself, ascending. */
function divisorsOf(stride: number): number[] {
  const divisors: number[] = [];
  for (let parts = Math.floor(stride / smallestStride); parts > 1; parts--) {
    if (stride % parts === 0) divisors.push(stride / parts);
  }
  return divisors;
}

/** At distances that are no multiple of the stride, whole pixels of any size each. */
function elsewhereOf(window: Uint8Array, places: readonly number[], stride: number, largestLag: number): number {
  const lags = [0.37, 0.5, 0.63, 1.37, 1.5, 1.63].map((share) => Math.round((stride * share) / 12) * 12);
  return medianOf(lags.filter((lag) => lag <= largestLag).map((lag) => meanDifference(window, places, lag)));
}

function meanDifference(window: Uint8Array, places: readonly number[], lag: number): number {
  let sum = 0;
  for (const place of places) sum += differenceOf(window[place]!, window[place + lag]!);
  return sum / places.length;
}
