// The one pass over all bytes of all dumps, in address order, the same window of every dump side by side.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { CellMap } from '../model/cell-map.ts';
import type { PageMap } from '../model/page-map.ts';
import type { Track } from '../model/track.ts';
import { pointsInto } from '../model/word-kind.ts';
import { fillWindow, newWindowBuffer, nextCaptured } from './captured-window.ts';
import { newWordCounts } from './classify-words.ts';
import type { Pacer } from './pacer.ts';
import { type DumpLane, finishCell, type PageScanner, type PageTask, scanPage } from './scan-page.ts';
import { newTrackMeasure, type TrackMeasure } from './track-measure.ts';

export interface ScanInput {
  readonly tracks: readonly Track[];
  readonly memories: readonly Memory[];
  /** Filled by the scan; empty when no pictures are wanted. */
  readonly cellMap: CellMap;
  /** Filled too; of pages of `scanPageBytes` or larger ones. */
  readonly pageMap: PageMap;
  readonly pacer: Pacer;
}

/** Bytes of all windows together. */
const windowBudget = 8 << 20;
const largestWindow = 1 << 20;

/** Reads every captured byte once. Returns one measure per track. */
export async function scanTracks(input: ScanInput): Promise<TrackMeasure[]> {
  const scanner = newScanner(input);
  const cellsByTrack = new Map(input.cellMap.tracks.map((cells) => [cells.trackId, cells]));
  const pagesByTrack = new Map(input.pageMap.tracks.map((pages) => [pages.trackId, pages]));
  const measures: TrackMeasure[] = [];
  for (const track of input.tracks) {
    measures.push(
      await scanTrack(scanner, track, { cells: cellsByTrack.get(track.id), pages: pagesByTrack.get(track.id) }),
    );
  }
  return measures;
}

/** Bytes of the pages that the scan looks at, one after the other. */
export function scanPageBytes(memories: readonly Memory[]): number {
  return Math.min(65536, Math.max(4096, memories[0]!.dump.pageSize));
}

interface Scanner extends PageScanner {
  readonly windowBytes: number;
  readonly pacer: Pacer;
}

function newScanner(input: ScanInput): Scanner {
  const pageBytes = scanPageBytes(input.memories);
  const share = 2 ** Math.floor(Math.log2(windowBudget / input.memories.length));
  const windowBytes = Math.max(pageBytes, Math.min(largestWindow, share));
  return {
    lanes: input.memories.map((memory) => ({
      memory,
      buffer: newWindowBuffer(windowBytes, pageBytes),
      isPointer: pointsInto(memory.dump.regions),
      page: { captured: 0, isZero: false, counts: newWordCounts() },
      cell: { index: -1, counts: newWordCounts() },
    })),
    pageBytes,
    windowBytes,
    bytesPerCell: input.cellMap.bytesPerCell,
    bytesPerPage: input.pageMap.bytesPerPage,
    zeroPage: new Uint8Array(pageBytes),
    pacer: input.pacer,
  };
}

async function scanTrack(
  scanner: Scanner,
  track: Track,
  drawn: Pick<PageTask, 'cells' | 'pages'>,
): Promise<TrackMeasure> {
  const { lanes, pageBytes, windowBytes, pacer } = scanner;
  const measure = newTrackMeasure(lanes.length);
  for (let at = track.start; at < track.end; ) {
    const start = nextWindow(lanes, track, at, pageBytes);
    if (start === undefined) break;
    const end = Math.min(start + windowBytes, Math.ceil(track.end / pageBytes) * pageBytes);
    let read = 0;
    for (const [index, lane] of lanes.entries()) {
      const presence = track.presence[index];
      if (presence) read += fillWindow(lane.buffer, lane.memory, presence, start, end, pageBytes);
      else lane.buffer.capturedOfPage.fill(0);
    }
    for (let page = 0, address = start; address < end; page++, address += pageBytes) {
      scanPage(scanner, { measure, ...drawn, page, address });
    }
    at = end;
    await pacer.pace(read);
  }
  const { cells } = drawn;
  if (cells) for (const [index, lane] of lanes.entries()) finishCell(lane, cells.cells[index]!);
  return measure;
}

/** Start of the next window that some dump holds bytes of, on a page border. */
function nextWindow(lanes: readonly DumpLane[], track: Track, at: Address, pageBytes: number): Address | undefined {
  let next = Number.POSITIVE_INFINITY;
  for (const [index, lane] of lanes.entries()) {
    const presence = track.presence[index];
    if (!presence) continue;
    const stretch = nextCaptured(lane.memory, presence, at);
    if (stretch) next = Math.min(next, stretch.start);
  }
  return next < track.end ? Math.floor(next / pageBytes) * pageBytes : undefined;
}
