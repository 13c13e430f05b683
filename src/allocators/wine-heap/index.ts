import type { Dump } from '../../model/dump.ts';
import type { Allocator, RequestRange } from '../allocator.ts';
import { headerBytes } from './block.ts';
import { findHeaps } from './find-heaps.ts';
import { walkHeap } from './walk.ts';

/** Wine's heap, 32 and 64 bit: 8.0, 9.0 and later, and 7.0. */
export const wineHeap = {
  id: 'wine-heap',
  displayName: 'Wine heap',
  reference: 'https://gitlab.winehq.org/wine/wine/-/blob/master/dlls/ntdll/heap.c',
  headerBytes: () => headerBytes,
  findHeaps,
  walk: walkHeap,
  requestRange,
  otherStrides,
} as const satisfies Allocator;

/** Front-end blocks of Wine 9.0 come in 16 sizes between one power of two and the next, from 256 bytes to 32 KiB. */
const smallestStep = 16;
const smallestBinPower = 8;
const largestBin = 0x8000;

/**
 * As Wine 8.0 and later round. Where the stride is also one of the front end's sizes, the range takes in what that
 * rounds up to it.
 */
function requestRange(stride: number, dump: Dump): RequestRange | null {
  const granule = 2 * dump.pointerSize;
  const smallest = 3 * granule;
  if (stride < smallest || stride % granule !== 0) return null;
  const max = stride - headerBytes;
  const width = Math.max(granule, frontEndStep(stride));
  return { min: stride - width < smallest ? 0 : max - width + 1, max };
}

/**
 * A free block has three granules at least: one or two that would be left over are given along. The front end of
 * 9.0 takes over after a number of requests of one size, and rounds up to its own sizes.
 */
function otherStrides(stride: number, dump: Dump): readonly number[] {
  const granule = 2 * dump.pointerSize;
  const others = new Set([stride + granule, stride + 2 * granule]);
  const step = frontEndDistance(stride);
  if (stride < largestBin) others.add(Math.ceil(stride / step) * step);
  others.delete(stride);
  return [...others];
}

/** Distance of the front-end size `stride` from the next smaller one; 0 when it is none. */
function frontEndStep(stride: number): number {
  const step = frontEndDistance(stride);
  return stride <= largestBin && stride % step === 0 ? step : 0;
}

/** How far apart the front end's sizes are where `stride` lies. */
function frontEndDistance(stride: number): number {
  const power = Math.max(smallestBinPower, Math.ceil(Math.log2(stride)) - 1);
  return stride <= 2 ** smallestBinPower ? smallestStep : 2 ** (power - 4);
}
