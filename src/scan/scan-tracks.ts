// The one pass over all bytes of all dumps.
import { setTimeout } from 'node:timers/promises';
import type { PageKernels } from '../kernels/kernels.ts';
import { openKernels } from '../kernels/open-kernels.ts';
import type { Pacer } from './pacer.ts';
import { claimParts, type ScanPart, scanParts } from './scan-parts.ts';
import { newScanner, type ScanTask, scanPageBytes } from './scan-stretch.ts';
import { type PartMeasures, startTeam, usefulThreads } from './scan-team.ts';
import { addMeasure, newTrackMeasure, type StretchMeasure, type TrackMeasure } from './track-measure.ts';

export interface ScanInput extends ScanTask {
  readonly pacer: Pacer;
  /** Threads that may be used, this one included; 1 unless given. */
  readonly jobs?: number | undefined;
  /** Kernels over a memory of so many bytes; the fastest unless given. */
  readonly open?: (bytes: number) => PageKernels;
}

/** Between two looks at whether the other threads are done. */
const patienceMs = 20;

/** Reads every captured byte once. Returns one measure per track: the same ones whatever the number of threads. */
export async function scanTracks(input: ScanInput): Promise<TrackMeasure[]> {
  const { tracks, memories, cellMap, pageMap, pacer, jobs = 1, open = openKernels } = input;
  const granule = Math.max(cellMap.bytesPerCell, pageMap.bytesPerPage, scanPageBytes(memories));
  const cut = () => scanParts(tracks, granule);
  const sum = newSum(tracks.length, memories.length);
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const threads = usefulThreads(input, jobs - 1);
  let readByOthers = 0;
  const onPart = (part: PartMeasures) => {
    sum.add(part);
    readByOthers += capturedBytes(part);
  };
  const team = threads > 0 ? startTeam(input, { granule, taken }, threads, onPart) : undefined;
  const pace = (read: number) => {
    const bytes = read + readByOthers;
    readByOthers = 0;
    return pacer.pace(bytes);
  };
  try {
    const scan = newScanner(input, open);
    const measurePart = async (number: number, part: ScanPart) => {
      const found: StretchMeasure[] = [];
      for (const stretch of part) {
        const measure = newTrackMeasure(memories.length);
        for (const read of scan(stretch, measure)) await pace(read);
        found.push({ track: stretch.track, measure });
      }
      sum.add({ number, found });
    };
    for (const { number, part } of claimParts(cut(), taken)) await measurePart(number, part);
    if (team !== undefined) {
      while (!(await isOver(team.ended))) await pace(0);
      // What a thread that ended early had taken.
      let number = 0;
      for (const part of cut()) {
        if (!sum.has(number)) await measurePart(number, part);
        number++;
      }
    }
  } finally {
    await team?.end();
  }
  return sum.measures;
}

/** Waits a moment for what will settle. */
function isOver(ended: Promise<unknown>): Promise<boolean> {
  return Promise.race([ended.then(() => true), setTimeout(patienceMs, false)]);
}

function capturedBytes({ found }: PartMeasures): number {
  return found.reduce((sum, { measure }) => sum + measure.capturedBytes.reduce((all, bytes) => all + bytes, 0), 0);
}

/** Adds parts up in their order, whatever order they come in. */
function newSum(trackCount: number, dumpCount: number) {
  const measures = Array.from({ length: trackCount }, () => newTrackMeasure(dumpCount));
  const waiting = new Map<number, readonly StretchMeasure[]>();
  let next = 0;
  return {
    measures,
    has: (number: number) => number < next || waiting.has(number),
    add({ number, found }: PartMeasures) {
      waiting.set(number, found);
      for (let part = waiting.get(next); part !== undefined; part = waiting.get(next)) {
        for (const { track, measure } of part) addMeasure(measures[track]!, measure);
        waiting.delete(next++);
      }
    },
  };
}
