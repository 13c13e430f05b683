// A stretch of a track in all dumps, in address order, the same pages of every dump side by side.

import type { PageKernels } from '../kernels/kernels.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { CellMap, TrackCells } from '../model/cell-map.ts';
import type { PageMap, TrackPages } from '../model/page-map.ts';
import type { Track } from '../model/track.ts';
import { fillWindow, gatherPages, newCapturedCursor, newWindowPages, type WindowPages } from './captured-window.ts';
import { type LanePlan, openLanes, planLanes } from './lanes.ts';
import { type CellLane, drawWindow, finishCell } from './scan-cells.ts';
import type { TrackStretch } from './scan-parts.ts';
import { type DumpLane, measureWindow, noteGrowth, notePages, type PageDesk } from './scan-window.ts';
import type { TrackMeasure } from './track-measure.ts';

/** What is scanned, and where it is drawn. */
export interface ScanTask {
  /** Of each only where it stands. */
  readonly tracks: readonly Pick<Track, 'id' | 'start' | 'end' | 'presence'>[];
  readonly memories: readonly Memory[];
  /** Filled by the scan; empty when no pictures are wanted. */
  readonly cellMap: CellMap;
  /** Filled too; of pages of `scanPageBytes` or larger ones. */
  readonly pageMap: PageMap;
}

/** Bytes of the pages that the scan looks at, one after the other. */
export function scanPageBytes(memories: readonly Memory[]): number {
  // The smallest, where they differ: the others are multiples of it, so that all are measured alike.
  const smallest = Math.min(...memories.map(({ dump }) => dump.pageSize));
  return Math.min(65536, Math.max(4096, smallest));
}

/** Reads every captured byte of the stretch and adds it to the measure; yields the bytes read, window by window. */
export type Scanner = (stretch: TrackStretch, measure: TrackMeasure) => Generator<number, void>;

export function newScanner(task: ScanTask, open: (bytes: number) => PageKernels): Scanner {
  const { tracks, memories, cellMap, pageMap } = task;
  const plan = planLanes(memories, cellMap, scanPageBytes(memories));
  const kernels = open(plan.bytes);
  const pages = newWindowPages(plan.windowBytes / plan.pageBytes);
  const desk: Desk = { ...plan, kernels, pages, ...openLanes(plan, kernels.buffer, memories), ...pageMap };
  const cellsByTrack = new Map(cellMap.tracks.map((cells) => [cells.trackId, cells]));
  const pagesByTrack = new Map(pageMap.tracks.map((pages) => [pages.trackId, pages]));
  return (stretch, measure) => {
    const track = tracks[stretch.track]!;
    const drawn = { cells: cellsByTrack.get(track.id), trackPages: pagesByTrack.get(track.id) };
    return scanStretch(desk, { ...stretch, ...drawn, presence: track.presence, measure });
  };
}

/** What one thread works with. */
interface Desk extends LanePlan {
  readonly kernels: PageKernels;
  readonly lanes: readonly DumpLane[];
  readonly cellLanes: readonly CellLane[];
  readonly pageDesk: PageDesk;
  /** Of the window at hand. */
  readonly pages: WindowPages;
  readonly bytesPerPage: number;
}

interface Work {
  readonly start: Address;
  readonly end: Address;
  readonly presence: Track['presence'];
  readonly measure: TrackMeasure;
  /** Undefined where the track is not drawn. */
  readonly cells: TrackCells | undefined;
  readonly trackPages: TrackPages | undefined;
}

function* scanStretch(desk: Desk, work: Work): Generator<number, void> {
  const { kernels, lanes, cellLanes, pageDesk, pages, pageBytes, bytesPerCell, bytesPerPage } = desk;
  const { presence, measure, cells, trackPages, end } = work;
  const cursors = lanes.map(({ memory }, index) => newCapturedCursor(memory, presence[index]!));
  const readers = lanes.map(({ memory }, index) => newCapturedCursor(memory, presence[index]!));
  for (let from = work.start; from < end; ) {
    from = gatherPages(pages, cursors, { from, end, pageBytes });
    const { count } = pages;
    if (count === 0) break;
    let read = 0;
    for (const [index, lane] of lanes.entries()) {
      lane.shift = presence[index]?.shift ?? 0;
      lane.held = fillWindow(lane, lane.memory, readers[index]!, { pages, shift: lane.shift });
      read += lane.held;
    }
    measureWindow(kernels, lanes, { measure, pages: count, desk: pageDesk });
    noteGrowth(kernels, lanes, { measure, pages, desk: pageDesk });
    if (trackPages) notePages(lanes, { trackPages, bytesPerPage, pages });
    if (cells) drawWindow(kernels, lanes, cellLanes, { cells, bytesPerCell, pages });
    yield read;
  }
  if (cells) for (const [index, { open }] of cellLanes.entries()) finishCell(open, cells.cells[index]!);
}
