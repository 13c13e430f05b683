import type { TrackCells } from '../../model/cell-map.ts';
import { addressText, bytesText } from '../page/size-text.ts';
import { type CellOrder, gridRows, squareSide } from './cell-places.ts';
import type { Scale } from './choose-scale.ts';
import type { ChosenTracks } from './choose-tracks.ts';
import { foldText, type TrackStory } from './fold-tracks.ts';
import type { Band, CellBand, FoldBand } from './layout-types.ts';
import type { QuietRun } from './quiet-runs.ts';

/** Height of a fold's band in pixels: a line of text. */
export const foldHeight = 17;
/** A quiet run has to be this many times as high as a fold to become one. */
const worthFolding = 1.5;

export interface StackOptions {
  readonly scale: Scale;
  readonly order: CellOrder;
  readonly chosen: ChosenTracks;
  /** By track id; in cells of the input's map. */
  readonly quiet: ReadonlyMap<string, readonly QuietRun[]>;
  /** Pixels between two bands. */
  readonly gap: number;
  readonly textScale: number;
}

/** Bands from top to bottom in address order. */
export function stackBands(stories: readonly TrackStory[], options: StackOptions): Band[] {
  const { scale, chosen, textScale } = options;
  const cellsOf = new Map(scale.map.tracks.map((track) => [track.trackId, track]));
  const bands: Band[] = [];
  let top = 0;
  const push = (band: Omit<CellBand, 'top'> | Omit<FoldBand, 'top'>) => {
    bands.push({ ...band, top });
    top += band.height + options.gap;
  };
  const fold = (text: string) => push({ kind: 'fold', text, height: foldHeight * textScale });
  const draw = (story: TrackStory) => {
    const cells = cellsOf.get(story.track.id)!;
    for (const part of trackParts(cells, options)) {
      if (part.quiet) fold(quietText(cells, part, scale));
      else {
        const { firstCell, cellCount } = part;
        const side = squareSide(options.order, cellCount, scale.columns);
        const height = gridRows({ columns: scale.columns, side }, cellCount) * scale.cellHeight;
        push({ kind: 'cells', story, cells, side, firstCell, cellCount, height });
      }
    }
  };
  let folded: TrackStory[] = [];
  const flush = () => {
    if (folded.length > 0 && isCheaperDrawn(folded, cellsOf, options)) for (const story of folded) draw(story);
    else if (folded.length > 0) fold(foldText(folded));
    folded = [];
  };
  for (const story of stories) {
    if (!chosen.drawn.has(story.track.id)) folded.push(story);
    else {
      flush();
      draw(story);
    }
  }
  flush();
  return bands;
}

/** Whether regions between two drawn ones take less room as rows than as a fold: then a fold would only hide them. */
function isCheaperDrawn(
  stories: readonly TrackStory[],
  cellsOf: ReadonlyMap<string, TrackCells>,
  { scale, chosen, gap, textScale }: StackOptions,
): boolean {
  // A few small regions are better told in words: only a crowd of folds is worse than a crowd of rows.
  if (chosen.drawn.size <= crowd) return false;
  let height = 0;
  for (const { track } of stories) {
    if (!chosen.drawable.has(track.id)) return false;
    height += Math.ceil(cellsOf.get(track.id)!.cellCount / scale.columns) * scale.cellHeight + gap;
  }
  return height <= foldHeight * textScale + gap;
}

/** More drawn tracks than this stand closer together, and small ones are not folded between them. */
export const crowd = 40;

interface TrackPart {
  readonly firstCell: number;
  readonly cellCount: number;
  readonly quiet: QuietRun['kind'] | null;
}

/** Cuts long quiet runs out of a track, at whole rows. Its first row always stays, so that it has a place and a name. */
function trackParts(cells: TrackCells, { scale, quiet, textScale }: StackOptions): TrackPart[] {
  const parts: TrackPart[] = [];
  let from = 0;
  const add = (to: number, kind: TrackPart['quiet']) => {
    if (to > from) parts.push({ firstCell: from, cellCount: to - from, quiet: kind });
    from = Math.max(from, to);
  };
  for (const run of quiet.get(cells.trackId) ?? []) {
    const firstRow = Math.max(1, Math.ceil(run.firstCell / scale.factor / scale.columns));
    const endRow = Math.floor(run.endCell / scale.factor / scale.columns);
    if ((endRow - firstRow) * scale.cellHeight < foldHeight * textScale * worthFolding) continue;
    add(firstRow * scale.columns, null);
    add(endRow * scale.columns, run.kind);
  }
  add(cells.cellCount, null);
  return parts;
}

function quietText(cells: TrackCells, part: TrackPart, { map }: Scale): string {
  const start = cells.start + part.firstCell * map.bytesPerCell;
  const size = part.cellCount * map.bytesPerCell;
  const what = part.quiet === 'zero' ? 'that is zero in all dumps' : 'that no dump holds';
  return `${bytesText(size)} ${what}, ${addressText(start)}–${addressText(start + size)}`;
}
