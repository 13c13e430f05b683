import type { TrackCells } from '../../model/cell-map.ts';
import type { CellOrder } from './cell-places.ts';
import type { TrackStory } from './fold-tracks.ts';

/** Rows of cells that belong to one track. Pixels from the top of the memory area. */
export interface CellBand {
  readonly kind: 'cells';
  readonly story: TrackStory;
  readonly cells: TrackCells;
  /** Side of the squares that its cells stand in along a Hilbert curve; 1 where they stand row after row. */
  readonly side: number;
  /** The cells of this band; each row holds `columns` of them, the last one may be shorter. */
  readonly firstCell: number;
  readonly cellCount: number;
  readonly top: number;
  readonly height: number;
}

/** A thin band that stands for memory which is not drawn cell by cell, and says which. */
export interface FoldBand {
  readonly kind: 'fold';
  readonly text: string;
  readonly top: number;
  readonly height: number;
}

export type Band = CellBand | FoldBand;

/**
 * Where memory stands in all pictures of one diff: the same address on the same pixel in each. Tracks come in address
 * order, each one begins on a row of its own.
 */
export interface Layout {
  readonly bytesPerCell: number;
  readonly order: CellOrder;
  /** Cells in a row. */
  readonly columns: number;
  /** Pixels of a cell: 1 by 1, or more where there are few cells. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Of the memory area, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Band[];
  /** Magnification of text. */
  readonly textScale: number;
}
