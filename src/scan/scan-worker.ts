// Entry of a thread that scans: takes parts that no other thread has taken, until there are no more.
import { parentPort, workerData } from 'node:worker_threads';
import { descriptorSource } from '../bytes/file-source.ts';
import { openKernels } from '../kernels/open-kernels.ts';
import { openMemory } from '../memory/dump-memory.ts';
import { claimParts, scanParts } from './scan-parts.ts';
import { newScanner } from './scan-stretch.ts';
import type { PartMeasures, WorkerTask } from './scan-team.ts';
import { newTrackMeasure } from './track-measure.ts';

const { dumps, granule, taken, ...task } = workerData as WorkerTask;
const memories = dumps.map(({ dump, file }) =>
  openMemory(dump, descriptorSource(file.descriptor, file.size, file.path)),
);
const scan = newScanner({ ...task, memories }, openKernels);
for (const { number, part } of claimParts(scanParts(task.tracks, granule), taken)) {
  const found = part.map((stretch) => {
    const measure = newTrackMeasure(memories.length);
    for (const _ of scan(stretch, measure));
    return { track: stretch.track, measure };
  });
  parentPort!.postMessage({ number, found } satisfies PartMeasures);
}
