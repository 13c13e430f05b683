import { availableParallelism } from 'node:os';

/** Reading is copying: a few threads are as fast as the memory is, and more only wait for it. */
const usefulJobs = 8;

/** Threads that read at the same time where --jobs does not say how many. */
export function defaultJobs(): number {
  return Math.min(usefulJobs, availableParallelism());
}
