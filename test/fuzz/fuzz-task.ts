// What the thread that runs the cases and the one that watches it tell each other.

export interface FuzzTask {
  /** Targets whose id holds this. */
  readonly target: string;
  readonly firstSeed: number;
  readonly cases: number;
  readonly seconds: number;
  readonly folder: string;
  /** Shared with whoever watches: turn of the running case, seconds of CPU time when it began, bytes of memory before it. */
  readonly progress: Float64Array;
}

export interface FuzzMessage {
  readonly targetIds?: readonly string[];
  readonly text?: string;
}

/** Of the whole process, all its threads. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
