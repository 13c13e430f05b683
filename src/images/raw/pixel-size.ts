// Bytes of a pixel: the distance at which neighbours are most alike.
import type { ColumnFacts, PixelSize } from './columns.ts';

export interface PixelGuess {
  readonly size: PixelSize;
  /** Mean difference of neighbouring pixels. */
  readonly across: number;
  /** The column, modulo 4, whose byte is the same in every pixel: opacity, or unused; undefined where there is none. */
  readonly opaqueColumn: number | undefined;
}

/** Changes begin at one byte of the pixel this often, or the bytes of a pixel tell nothing. */
const clearGrid = 0.85;
/** Share of the pixels whose fourth byte is the same in all rows. */
const opaqueShare = 0.97;

export function guessPixelSize(facts: ColumnFacts): PixelGuess {
  const { stride, grid } = facts;
  const costs = facts.steps.map((list) => list.reduce((sum, one) => sum + one, 0) / stride);
  const guess = (size: PixelSize, opaqueColumn?: number): PixelGuess => ({
    size,
    across: costs[size - 1]!,
    opaqueColumn,
  });
  /** In steps, so that a chance change more or less does not decide. */
  const gridOf = (size: PixelSize) => Math.round(grid[size - 1]! * 50);
  if (stride % 4 === 0) {
    const opaqueColumn = [0, 1, 2, 3].find((column) => isOpaque(facts, column));
    if (opaqueColumn !== undefined) return guess(4, opaqueColumn);
  }
  const clear = ([4, 3, 2] as const).filter(
    (size) => grid[size - 1]! >= clearGrid && (size === 3 || stride % size === 0),
  );
  // What changes every four bytes changes every two, so that the larger one wins where both are clear.
  if (clear.length > 0) return guess(clear.reduce((best, size) => (gridOf(size) > gridOf(best) ? size : best)));
  const possible = ([1, 2, 3, 4] as const).filter((size) => size === 3 || stride % size === 0);
  return guess(possible.reduce((best, size) => (costs[size - 1]! < costs[best - 1]! ? size : best)));
}

/** Whether the bytes at this column of every fourth are one value nearly everywhere, and those beside them are not. */
function isOpaque({ constant, stride }: ColumnFacts, column: number): boolean {
  const value = commonValue(constant, column);
  if (value !== 0 && value !== 255) return false;
  let pixels = 0;
  let same = 0;
  let others = 0;
  for (let at = 0; at < stride; at += 4) {
    const bytes = constant.subarray(at, at + 4);
    // Padding, or a place that is black in all rows, says nothing.
    if (bytes.every((byte) => byte === 0)) continue;
    pixels++;
    if (bytes[column] === value) same++;
    others += bytes.reduce((count, byte, index) => count + (index !== column && byte === value ? 1 : 0), 0);
  }
  return pixels > 0 && same >= opaqueShare * pixels && others < 1.5 * pixels;
}

function commonValue(constant: Int16Array, column: number): number {
  let zeros = 0;
  let full = 0;
  for (let at = column; at < constant.length; at += 4) {
    if (constant[at] === 0) zeros++;
    if (constant[at] === 255) full++;
  }
  return full >= zeros ? 255 : 0;
}
