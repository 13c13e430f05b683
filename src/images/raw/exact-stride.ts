// The stride to the byte, from all of the picture: a window's samples cannot tell it from its neighbours.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import { differenceOf } from './difference.ts';
import { largestStride, smallestStride } from './find-stride.ts';

/** Slanted lines make a few bytes more or less look better in places. */
const furthest = 12;
const sampledRows = 160;
const mostSamplesOfRow = 2048;
/** A stride by which the block holds whole rows is taken when it is nearly as good as the best. */
const nearlyAsGood = 1.15;
/** What allocators round sizes up to. */
const granularity = 16;

/**
 * Neighbouring rows, and rows further apart: a slanted line moves on, so that no wrong stride fits it twice, while edges that
 * stand upright stay.
 */
const rowDistances = [1, 4, 8];

export function exactStride(
  memory: Memory,
  { first, rows }: { readonly first: Address; readonly rows: number },
  guessed: number,
  bounds: Interval & { readonly isBlock: boolean },
): number {
  const from = Math.max(smallestStride, guessed - furthest);
  const differences = new Float64Array(Math.min(largestStride, guessed + furthest) - from + 1);
  for (const distance of rowDistances) {
    if (rows > 4 * distance) addDifferences(memory, { first, rows, guessed, from, distance }, differences);
  }
  const best = Math.min(...differences);
  const order = [...differences.keys()].sort((a, b) => differences[a]! - differences[b]!);
  const bytes = bounds.end - bounds.start;
  const whole = order.find(
    (lag) => bounds.isBlock && differences[lag]! <= best * nearlyAsGood && bytes % (from + lag) < granularity,
  );
  return from + (whole ?? order[0]!);
}

function addDifferences(
  memory: Memory,
  place: {
    readonly first: Address;
    readonly rows: number;
    readonly guessed: number;
    readonly from: number;
    readonly distance: number;
  },
  differences: Float64Array,
): void {
  const { first, rows, guessed, from, distance } = place;
  const here = new Uint8Array(guessed);
  const most = (from + differences.length - 1) * distance;
  const there = new Uint8Array(guessed + most - from * distance);
  const step = Math.max(1, Math.floor(guessed / mostSamplesOfRow) | 1);
  for (let index = 0; index < sampledRows; index++) {
    const address = first + Math.floor((index * Math.max(0, rows - distance - 1)) / sampledRows) * guessed;
    if (memory.read(address, here) < here.length) continue;
    if (memory.read(address + from * distance, there) < there.length) continue;
    for (let at = 0; at < guessed; at += step) {
      const byte = here[at]!;
      for (let lag = 0; lag < differences.length; lag++) {
        differences[lag]! += differenceOf(byte, there[at + lag * distance]!);
      }
    }
  }
}
