// Other threads that scan parts of the tracks, beside this one; what they do is in scan-worker.ts.
import { Worker } from 'node:worker_threads';
import type { MemoryFile } from '../memory/memory.ts';
import type { Dump } from '../model/dump.ts';
import type { TrackPresence } from '../model/track.ts';
import type { ScanTask } from './scan-stretch.ts';
import type { StretchMeasure } from './track-measure.ts';

/** What a thread is told. */
export interface WorkerTask extends Omit<ScanTask, 'memories'> {
  readonly dumps: readonly { readonly dump: Dump; readonly file: MemoryFile }[];
  /** See scanParts. */
  readonly granule: number;
  /** See claimParts. */
  readonly taken: Int32Array;
}

/** What a thread tells of a part. */
export interface PartMeasures {
  readonly number: number;
  readonly found: readonly StretchMeasure[];
}

export interface ScanTeam {
  /** Settles when all threads have ended, well or not. */
  readonly ended: Promise<unknown>;
  /** Ends those that are still at work. */
  end(): Promise<unknown>;
}

/** With less than this to read for each, starting threads takes longer than reading. */
const bytesPerThread = 192 << 20;
/** Telling a thread of one region, range or track takes as long as reading so much. */
const bytesPerObject = 16 << 10;

/**
 * How many other threads pay, `most` at most: none where dumps are small, or where memory is put together from several
 * files.
 */
export function usefulThreads({ tracks, memories }: ScanTask, most: number): number {
  // Sources run by a loader of TypeScript have no built worker.
  if (memories.some(({ file }) => file === undefined) || import.meta.url.endsWith('.ts')) return 0;
  let bytes = 0;
  let objects = tracks.length * memories.length;
  for (const { captured, regions } of memories.map(({ dump }) => dump)) {
    for (const { size } of captured) bytes += size;
    objects += captured.length + regions.length;
  }
  return Math.max(0, Math.min(most, Math.floor(bytes / (bytesPerThread + objects * bytesPerObject))));
}

/**
 * Starts that many threads. One that cannot start or ends early, for want of memory or for a file that cannot be read,
 * only leaves parts undone: who needs them sees what is wrong.
 */
export function startTeam(
  { tracks, memories, cellMap, pageMap }: ScanTask,
  share: Pick<WorkerTask, 'granule' | 'taken'>,
  threads: number,
  onPart: (part: PartMeasures) => void,
): ScanTeam {
  const workerData: WorkerTask = {
    ...share,
    tracks: tracks.map(({ id, start, end, presence }) => ({ id, start, end, presence: presence.map(copied) })),
    dumps: memories.map(({ dump, file }) => ({ dump: layoutOf(dump), file: file! })),
    cellMap,
    pageMap,
  };
  const file = new URL(import.meta.resolve('#scan-worker'));
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData }).on('message', onPart));
  return {
    ended: Promise.all(workers.map((worker) => new Promise<void>((end) => worker.on('error', end).on('exit', end)))),
    end: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/** Every thread gets a copy, and the scan asks for the layout alone. */
function layoutOf(dump: Dump): Dump {
  const regions = [...dump.regions];
  const captured = [...dump.captured];
  return { ...dump, regions, captured, modules: [], threads: [], warnings: [], details: [] };
}

/** Tables cannot be sent. */
function copied(presence: TrackPresence | null): TrackPresence | null {
  return presence && { ...presence, pieces: [...presence.pieces] };
}
