import { cellAbsent, type TrackCells } from '../../model/cell-map.ts';

/** Cells on end of one track that are the same in all dumps and show nothing: not held by any, or zero in all. */
export interface QuietRun {
  readonly kind: 'absent' | 'zero';
  readonly firstCell: number;
  /** Exclusive. */
  readonly endCell: number;
}

/** A run shorter than this share of all cells takes too little room to be worth a fold. */
const leastShare = 1 / 64;
/**
 * Zero memory is a picture's most telling part where it grows; where nearly all of a region was zero from the start
 * and stays so (a stack, a reserve), it only takes the room of what changes.
 */
const quietZeroShare = 0.75;

/** Long quiet runs of a track. `allCells` is the number of cells of all tracks that are drawn. */
export function quietRuns(track: TrackCells, allCells: number): QuietRun[] {
  const runs = longRuns(track, Math.max(1, allCells * leastShare));
  const zero = runs.filter((run) => run.kind === 'zero').reduce((sum, run) => sum + run.endCell - run.firstCell, 0);
  return zero >= track.cellCount * quietZeroShare ? runs : runs.filter((run) => run.kind === 'absent');
}

function isCode(dumps: readonly Uint8Array[], cell: number, code: number): boolean {
  for (const codes of dumps) if (codes[cell] !== code) return false;
  return true;
}

function longRuns(track: TrackCells, least: number): QuietRun[] {
  const runs: QuietRun[] = [];
  const [first, ...others] = track.cells;
  let start = 0;
  while (first && start < track.cellCount) {
    const code = first[start]!;
    let end = start;
    if (code === 0 || code === cellAbsent) {
      while (end < track.cellCount && first[end] === code && isCode(others, end, code)) end++;
      const kind = code === 0 ? 'zero' : 'absent';
      if (end - start >= least) runs.push({ kind, firstCell: start, endCell: end });
    }
    start = Math.max(end, start + 1);
  }
  return runs;
}
