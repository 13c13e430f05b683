// The one pass over all bytes of all dumps, in address order, the same window of every dump side by side.

import type { PageKernels } from '../kernels/kernels.ts';
import { openKernels } from '../kernels/open-kernels.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { CellMap, TrackCells } from '../model/cell-map.ts';
import type { PageMap, TrackPages } from '../model/page-map.ts';
import type { Track } from '../model/track.ts';
import { fillWindow, nextCaptured } from './captured-window.ts';
import { type LanePlan, openLanes, planLanes } from './lanes.ts';
import type { Pacer } from './pacer.ts';
import { type CellLane, drawWindow, finishCell } from './scan-cells.ts';
import { type DumpLane, measureWindow, noteGrowth, notePages } from './scan-window.ts';
import { newTrackMeasure, type TrackMeasure } from './track-measure.ts';

export interface ScanInput {
  readonly tracks: readonly Track[];
  readonly memories: readonly Memory[];
  /** Filled by the scan; empty when no pictures are wanted. */
  readonly cellMap: CellMap;
  /** Filled too; of pages of `scanPageBytes` or larger ones. */
  readonly pageMap: PageMap;
  readonly pacer: Pacer;
  /** Kernels over a memory of so many bytes; the fastest unless given. */
  readonly open?: (bytes: number) => PageKernels;
}

/** Reads every captured byte once. Returns one measure per track. */
export async function scanTracks(input: ScanInput): Promise<TrackMeasure[]> {
  const scanner = newScanner(input);
  const cellsByTrack = new Map(input.cellMap.tracks.map((cells) => [cells.trackId, cells]));
  const pagesByTrack = new Map(input.pageMap.tracks.map((pages) => [pages.trackId, pages]));
  const measures: TrackMeasure[] = [];
  for (const track of input.tracks) {
    const drawn = { cells: cellsByTrack.get(track.id), trackPages: pagesByTrack.get(track.id) };
    measures.push(await scanTrack(scanner, track, drawn));
  }
  return measures;
}

/** Bytes of the pages that the scan looks at, one after the other. */
export function scanPageBytes(memories: readonly Memory[]): number {
  // The smallest, where they differ: the others are multiples of it, so that all are measured alike.
  const smallest = Math.min(...memories.map(({ dump }) => dump.pageSize));
  return Math.min(65536, Math.max(4096, smallest));
}

interface Scanner extends LanePlan {
  readonly kernels: PageKernels;
  readonly lanes: readonly DumpLane[];
  readonly cellLanes: readonly CellLane[];
  readonly bytesPerPage: number;
  readonly pacer: Pacer;
}

function newScanner({ memories, cellMap, pageMap, pacer, open = openKernels }: ScanInput): Scanner {
  const plan = planLanes(memories, cellMap, scanPageBytes(memories));
  const kernels = open(plan.bytes);
  const { bytesPerPage } = pageMap;
  return { ...plan, kernels, ...openLanes(plan, kernels.buffer, memories), bytesPerPage, pacer };
}

/** Undefined where the track is not drawn. */
interface Drawn {
  readonly cells: TrackCells | undefined;
  readonly trackPages: TrackPages | undefined;
}

async function scanTrack(scanner: Scanner, track: Track, { cells, trackPages }: Drawn): Promise<TrackMeasure> {
  const { kernels, lanes, cellLanes, pageBytes, windowBytes, bytesPerCell, bytesPerPage, pacer } = scanner;
  const measure = newTrackMeasure(lanes.length);
  for (let at = track.start; at < track.end; ) {
    const start = nextWindow(lanes, track, at, pageBytes);
    if (start === undefined) break;
    const end = Math.min(start + windowBytes, Math.ceil(track.end / pageBytes) * pageBytes);
    let read = 0;
    for (const [index, lane] of lanes.entries()) {
      const presence = track.presence[index];
      const shift = presence?.shift ?? 0;
      lane.shift = shift;
      lane.held = presence ? fillWindow(lane, lane.memory, presence, { start: start - shift, end: end - shift }) : 0;
      read += lane.held;
    }
    const pages = (end - start) / pageBytes;
    measureWindow(kernels, lanes, { measure, pages });
    noteGrowth(lanes, { measure, pages, start });
    if (trackPages) notePages(lanes, { trackPages, bytesPerPage, pages, start });
    if (cells) drawWindow(kernels, lanes, cellLanes, { cells, bytesPerCell, start, pages });
    at = end;
    await pacer.pace(read);
  }
  if (cells) for (const [index, { open }] of cellLanes.entries()) finishCell(open, cells.cells[index]!);
  return measure;
}

/** Start of the next window that some dump holds bytes of, on a page border. */
function nextWindow(lanes: readonly DumpLane[], track: Track, at: Address, pageBytes: number): Address | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const [index, lane] of lanes.entries()) {
    const presence = track.presence[index];
    if (!presence) continue;
    const stretch = nextCaptured(lane.memory, presence, at - presence.shift);
    if (stretch) next = Math.min(next, stretch.start + presence.shift);
  }
  return next < track.end ? Math.floor(next / pageBytes) * pageBytes : undefined;
}
