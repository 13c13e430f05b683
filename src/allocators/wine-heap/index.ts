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

/** Distance of the front-end size `stride` from the next smaller one; 0 when it is none. */
function frontEndStep(stride: number): number {
  if (stride > largestBin) return 0;
  const power = Math.max(smallestBinPower, Math.ceil(Math.log2(stride)) - 1);
  const step = stride <= 2 ** smallestBinPower ? smallestStep : 2 ** (power - 4);
  return stride % step === 0 ? step : 0;
}
