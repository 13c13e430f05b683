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

/** Runs of at least `least` cells. One has to hold a multiple of that, so only cells there and around them are looked at. */
function longRuns({ cells, cellCount }: TrackCells, least: number): QuietRun[] {
  const runs: QuietRun[] = [];
  const step = Math.ceil(least);
  for (let probe = step - 1; probe < cellCount; probe += step) {
    const code = cells[0]?.[probe];
    if ((code !== 0 && code !== cellAbsent) || probe < (runs.at(-1)?.endCell ?? 0)) continue;
    let firstCell = probe - step + 1;
    for (const codes of cells) firstCell = startOfRun(codes, probe, firstCell, code);
    let endCell = probe;
    // In steps, so that no dump is looked at far beyond where another one ends the run.
    for (let reached = probe; endCell === reached && endCell < cellCount; ) {
      reached = Math.min(cellCount, endCell + step);
      endCell = cells.reduce((end, codes) => endOfRun(codes, endCell, end, code), reached);
    }
    if (endCell - firstCell >= least) runs.push({ kind: code === 0 ? 'zero' : 'absent', firstCell, endCell });
  }
  return runs;
}

/** Where cells of a code begin that go on up to `last`, at `from` or later; behind `last` if it has another code. */
function startOfRun(codes: Uint8Array, last: number, from: number, code: number): number {
  let cell = last + 1;
  while (cell > from && codes[cell - 1] === code) cell--;
  return cell;
}

/** Where cells of a code that go on from `from` end, at `end` or sooner. */
function endOfRun(codes: Uint8Array, from: number, end: number, code: number): number {
  let cell = from;
  while (cell < end && codes[cell] === code) cell++;
  return cell;
}
