// Which tracks are drawn cell by cell, and how many bytes a cell stands for.
import type { CellMap } from '../model/cell-map.ts';
import { cellAbsent } from '../model/cell-map.ts';
import type { Track } from '../model/track.ts';
import { sharedBytes } from './shared-bytes.ts';

export interface CellPlanOptions {
  /** Bytes of one cell; undefined chooses by size. A power of two, at least 8. */
  readonly bytesPerCell: number | undefined;
}

/**
 * Cells of one dump. More than a picture has pixels: which memory is zero in all dumps is known only after the scan, and
 * it is folded; what is left is merged until it fits. Beyond, the scan would spend more time on cells than on words.
 */
const mostCells = 8_000_000;
/** Cells of all dumps together, one byte each: bounds the memory whatever the number of dumps. */
const mostCellsInAll = 48_000_000;
const smallestCell = 8;

/** An empty cell map: everything absent, to be filled by the scan. */
export function planCells(tracks: readonly Track[], options: CellPlanOptions): CellMap {
  const drawn = tracks.filter(isDrawn);
  const dumpCount = tracks[0]?.presence.length ?? 1;
  const total = drawn.reduce((sum, track) => sum + track.end - track.start, 0);
  const most = Math.min(mostCells, mostCellsInAll / dumpCount);
  const smallest = 2 ** Math.max(Math.log2(smallestCell), Math.ceil(Math.log2(Math.max(1, total / most))));
  // Asking for more detail than fits in memory gives what fits.
  const floor = 2 ** Math.max(3, Math.ceil(Math.log2(Math.max(1, (total * dumpCount) / mostCellsInAll))));
  const bytesPerCell = options.bytesPerCell === undefined ? smallest : Math.max(options.bytesPerCell, floor);
  const places = drawn.map((track) => {
    const start = Math.floor(track.start / bytesPerCell) * bytesPerCell;
    return { trackId: track.id, start, cellCount: Math.ceil((track.end - start) / bytesPerCell) };
  });
  const take = sharedBytes(dumpCount * places.reduce((sum, { cellCount }) => sum + cellCount, 0), cellAbsent);
  return {
    bytesPerCell,
    tracks: places.map((place) => ({
      ...place,
      cells: Array.from({ length: dumpCount }, () => take(place.cellCount)),
    })),
  };
}

/** Files' mappings hold still; they are drawn only when more of them is mapped than before. */
function isDrawn(track: Track): boolean {
  if (track.kind !== 'image' && track.kind !== 'mapped-file') return true;
  const sizes = track.presence.map((presence) => presence?.mappedBytes ?? 0);
  return sizes.at(-1)! > sizes[0]!;
}
