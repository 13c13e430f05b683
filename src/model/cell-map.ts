import type { Address } from './address.ts';

/** What a cell mostly holds. The order is stable: it is what cell codes are made of. */
export const wordKinds = ['zero', 'pointer', 'small-integer', 'text', 'other'] as const;

/** Cell code of bytes that no dump file holds, or addresses that are not mapped. */
export const cellAbsent = 255;

/** Steps of fill between empty and full. */
export const cellFillSteps = 31;

/**
 * A cell is one byte: kind of its most frequent non-zero words (index in wordKinds, 3 high bits) and how much of it
 * is not zero (5 low bits, 1 to 31 on a square-root scale so that a lone header still shows; 0 = all zero).
 */
export function cellCode(kind: number, nonZeroShare: number): number {
  if (nonZeroShare <= 0) return 0;
  return (kind << 5) | Math.max(1, Math.round(Math.sqrt(nonZeroShare) * cellFillSteps));
}

export function cellKind(code: number): number {
  return code >>> 5;
}

/** Share of the cell's words that are not zero, 0 to 1, as far as the code keeps it. */
export function cellNonZeroShare(code: number): number {
  return shares[code & cellFillSteps]!;
}

/** By step of fill; pictures ask a million times. */
const shares = Float64Array.from({ length: cellFillSteps + 1 }, (_, step) => (step / cellFillSteps) ** 2);

/** The cells of one track, the same cells in every dump: cell i covers bytesPerCell bytes from start + i * bytesPerCell. */
export interface TrackCells {
  readonly trackId: string;
  readonly start: Address;
  readonly cellCount: number;
  /** Per dump in capture order; cellAbsent where nothing is captured. */
  readonly cells: readonly Uint8Array[];
}

/** What the pictures show: cells of all tracks that are drawn cell by cell, in address order. */
export interface CellMap {
  /** A power of two, at least 8. */
  readonly bytesPerCell: number;
  readonly tracks: readonly TrackCells[];
}
