// The one pass over all bytes of all dumps.
import type { PageKernels } from '../kernels/kernels.ts';
import { shareWork } from '../threads/share-work.ts';
import type { Team } from '../threads/team.ts';
import type { Pacer } from './pacer.ts';
import type { ScanTask } from './scan-stretch.ts';
import { scanOrder, scanWork } from './scan-work.ts';
import { addMeasure, newTrackMeasure, type TrackMeasure } from './track-measure.ts';

export interface ScanInput extends ScanTask {
  readonly pacer: Pacer;
  /** Threads that help; the result is the same without. */
  readonly team?: Team | undefined;
  /** Kernels over a memory of so many bytes; the fastest unless given. */
  readonly open?: (bytes: number) => PageKernels;
}

/** Reads every captured byte once. Returns one measure per track. */
export async function scanTracks(input: ScanInput): Promise<TrackMeasure[]> {
  const { tracks, memories, pacer, team, open } = input;
  const measures = tracks.map(() => newTrackMeasure(memories.length));
  await shareWork({
    work: scanWork(input, open),
    team,
    order: () => scanOrder(input),
    onResult: (found) => {
      for (const { track, measure } of found) addMeasure(measures[track]!, measure);
    },
    pace: (bytes) => pacer.pace(bytes),
  });
  return measures;
}
