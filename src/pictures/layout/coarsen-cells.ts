import {
  type CellMap,
  cellAbsent,
  cellCode,
  cellFillSteps,
  cellKind,
  cellNonZeroShare,
  type TrackCells,
} from '../../model/cell-map.ts';

/** The last one made of each map: a layout that is settled step by step asks for the same again. */
const coarsened = new WeakMap<CellMap, CellMap>();

/** Makes cells `factor` times as large (a power of two), for pictures of fewer pixels. */
export function coarsenCells(map: CellMap, factor: number): CellMap {
  if (factor <= 1) return map;
  const bytesPerCell = map.bytesPerCell * factor;
  const known = coarsened.get(map);
  if (known?.bytesPerCell === bytesPerCell) return known;
  const coarse = { bytesPerCell, tracks: map.tracks.map((track) => coarsenTrack(track, factor)) };
  coarsened.set(map, coarse);
  return coarse;
}

function coarsenTrack(track: TrackCells, factor: number): TrackCells {
  const cellCount = Math.ceil(track.cellCount / factor);
  const cells = track.cells.map((codes) => {
    const result = new Uint8Array(cellCount);
    for (let cell = 0; cell < cellCount; cell++) result[cell] = mergedCode(codes, cell * factor, factor);
    return result;
  });
  return { ...track, cellCount, cells };
}

/** Mean fill of the captured ones; the kind that fills most. Absent only where all are. */
function mergedCode(codes: Uint8Array, first: number, count: number): number {
  const end = Math.min(codes.length, first + count);
  const firstCode = codes[first]!;
  let index = first + 1;
  while (index < end && codes[index] === firstCode) index++;
  // Most are of pages that are alike all over.
  if (index === end) return firstCode;
  let captured = 0;
  let total = 0;
  let fullest = 0;
  for (index = first; index < end; index++) {
    const code = codes[index]!;
    if (code === cellAbsent) continue;
    captured++;
    total += cellNonZeroShare(code);
    if ((code & cellFillSteps) > (fullest & cellFillSteps)) fullest = code;
  }
  return cellCode(cellKind(fullest), total / captured);
}
