// The scan as work for threads.
import type { PageKernels } from '../kernels/kernels.ts';
import { openKernels } from '../kernels/open-kernels.ts';
import type { TrackPresence } from '../model/track.ts';
import type { Order } from '../threads/helper.ts';
import type { Work } from '../threads/work.ts';
import { scanParts } from './scan-parts.ts';
import { newScanner, type ScanTask, scanPageBytes } from './scan-stretch.ts';
import { newTrackMeasure, type StretchMeasure } from './track-measure.ts';

/** What other threads are told; they have their own way to the memory. */
export type SentScan = Omit<ScanTask, 'memories'>;

/** @param open kernels over a memory of so many bytes */
export function scanWork(
  task: ScanTask,
  open: (bytes: number) => PageKernels = openKernels,
): Work<readonly StretchMeasure[]> {
  const { tracks, memories, cellMap, pageMap } = task;
  const granule = Math.max(cellMap.bytesPerCell, pageMap.bytesPerPage, scanPageBytes(memories));
  const scan = newScanner(task, open);
  return function* parts() {
    for (const part of scanParts(tracks, granule)) {
      yield function* measure() {
        const found: StretchMeasure[] = [];
        for (const stretch of part) {
          const measure = newTrackMeasure(memories.length);
          yield* scan(stretch, measure);
          found.push({ track: stretch.track, measure });
        }
        return found;
      };
    }
  };
}

/** The same work for another thread. Cells and pages are written where all threads see them. */
export function scanOrder({ tracks, cellMap, pageMap }: ScanTask): Order {
  const task: SentScan = {
    tracks: tracks.map(({ id, start, end, presence }) => ({ id, start, end, presence: presence.map(copied) })),
    cellMap,
    pageMap,
  };
  return { work: 'scan', task };
}

/** Tables cannot be sent. */
function copied(presence: TrackPresence | null): TrackPresence | null {
  return presence && { ...presence, pieces: [...presence.pieces] };
}
