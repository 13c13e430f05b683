// What the columns of a picture say, over rows spread all over it: pixels, padding, and where rows begin.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { differenceOf } from './difference.ts';

/** Bytes of a pixel that are told apart. */
export const pixelSizes = [1, 2, 3, 4] as const;
export type PixelSize = (typeof pixelSizes)[number];

/** Rows as they lie in memory, without knowing yet where a picture's row begins. */
export interface ColumnFacts {
  readonly stride: number;
  /** By pixel size and column: mean difference to the byte one pixel further on. */
  readonly steps: readonly Float64Array[];
  /** By column: the value that it has in all rows, or -1. */
  readonly constant: Int16Array;
  /** By pixel size: share of all changes from column to column that begin where one byte of a pixel stands. */
  readonly grid: readonly number[];
  /** Mean difference to the byte one row further down, and to places half a picture away. */
  readonly below: number;
  readonly elsewhere: number;
  /** Rows that differ from the one below them, 0 to 1. */
  readonly busyRows: number;
}

const mostSampledRows = 96;

export function readColumns(memory: Memory, start: Address, stride: number, rows: number): ColumnFacts | undefined {
  const count = Math.min(mostSampledRows, rows - 2);
  const line = new Uint8Array(2 * stride + 8);
  const steps = pixelSizes.map(() => new Float64Array(stride));
  const constant = new Int16Array(stride).fill(-2);
  const tallies = pixelSizes.map((size) => newGridTally(size));
  const apart = 4 * Math.max(1, Math.round(stride / 8));
  let below = 0;
  let elsewhere = 0;
  let busy = 0;
  for (let index = 0; index < count; index++) {
    const row = Math.floor((index * (rows - 2)) / count);
    if (memory.read(start + row * stride, line) !== line.length) return undefined;
    let differs = false;
    for (let at = 0; at < stride; at++) {
      const byte = line[at]!;
      if (constant[at] !== byte) constant[at] = constant[at] === -2 ? byte : -1;
      for (const size of pixelSizes) steps[size - 1]![at]! += differenceOf(byte, line[at + size]!);
      below += differenceOf(byte, line[at + stride]!);
      elsewhere += differenceOf(byte, line[at + apart]!);
      differs ||= byte !== line[at + stride];
    }
    if (differs) busy++;
    for (const tally of tallies) tally.add(line, stride);
  }
  for (const list of steps) for (let at = 0; at < stride; at++) list[at]! /= count;
  const pairs = count * stride;
  return {
    stride,
    steps,
    constant,
    grid: tallies.map((tally) => tally.share()),
    below: below / pairs,
    elsewhere: elsewhere / pairs,
    busyRows: busy / count,
  };
}

/** Fewer changes say nothing. */
const fewestChanges = 64;
/** A half with little of all, such as one upright line, is no witness. */
const leastOfHalf = 0.25;

/**
 * The bytes of one pixel change together: where a picture has flat places, the changes from "same as one pixel before" to
 * "not the same" begin at one byte of the pixel. Padding shifts the grid somewhere in the row, so that each half counts alone.
 */
function newGridTally(size: number) {
  const halves = [new Uint32Array(size), new Uint32Array(size)];
  return {
    add(line: Uint8Array, stride: number): void {
      let before = line[0] === line[size];
      for (let at = 1; at < stride; at++) {
        const same = line[at] === line[at + size];
        if (same !== before) halves[at < stride / 2 ? 0 : 1]![at % size]!++;
        before = same;
      }
    },
    share(): number {
      const sums = halves.map((changes) => changes.reduce((sum, one) => sum + one, 0));
      const least = Math.max(fewestChanges, leastOfHalf * (sums[0]! + sums[1]!));
      return Math.max(
        ...halves.map((changes, index) => (sums[index]! < least ? 0 : Math.max(...changes) / sums[index]!)),
      );
    },
  };
}
