// Other threads that take parts of the work, beside this one; what they do is in thread.ts.
import { Worker } from 'node:worker_threads';
import type { Memory, MemoryFile } from '../memory/memory.ts';
import type { Dump } from '../model/dump.ts';

/** What a thread is told of a dump: where its bytes are, of which all threads read the same open file. */
export interface DumpPlace {
  readonly dump: Dump;
  readonly file: MemoryFile;
}

/** What threads are to do: which work of which task. */
export interface Order {
  readonly work: string;
  readonly task: unknown;
}

/** An order on its way to a thread, with the number of the next part that nobody has taken. */
export interface SentOrder {
  readonly order: Order;
  readonly taken: Int32Array;
}

/** What a thread tells of a part; of no part when none is left. */
export interface PartReport {
  readonly number: number;
  /** Bytes read for it. */
  readonly bytes: number;
  readonly result: unknown;
}

export interface Team {
  /**
   * Has every thread take parts of a task. Settles when they are through with it, well or not: one that cannot start or
   * ends early, for want of memory or for a file that cannot be read, only leaves parts undone.
   */
  help(order: Order, taken: Int32Array, onPart: (report: PartReport) => void): Promise<unknown>;
  /** Ends those that are still at work. */
  end(): Promise<unknown>;
}

/** With less than this to read for each, starting threads takes longer than reading. */
const bytesPerThread = 192 << 20;
/** Telling a thread of one region or range takes as long as reading so much. */
const bytesPerObject = 16 << 10;

/**
 * Starts as many threads as pay, `most` at most: none where dumps are small, or where memory is put together from
 * several files. They get ready while this one goes on.
 */
export function startTeam(memories: readonly Memory[], most: number): Team | undefined {
  const threads = Math.min(most, usefulThreads(memories));
  if (threads <= 0) return undefined;
  const workerData: readonly DumpPlace[] = memories.map(({ dump, file }) => ({ dump: layoutOf(dump), file: file! }));
  const file = new URL(import.meta.resolve('#thread'));
  const workers = Array.from({ length: threads }, () => newMember(new Worker(file, { workerData })));
  return {
    help: (order, taken, onPart) => Promise.all(workers.map((worker) => worker.help({ order, taken }, onPart))),
    end: () => Promise.all(workers.map((worker) => worker.end())),
  };
}

function usefulThreads(memories: readonly Memory[]): number {
  // Sources run by a loader of TypeScript have no built thread.
  if (memories.some(({ file }) => file === undefined) || import.meta.url.endsWith('.ts')) return 0;
  let bytes = 0;
  let objects = 0;
  for (const { captured, regions } of memories.map(({ dump }) => dump)) {
    for (const { size } of captured) bytes += size;
    objects += captured.length + regions.length;
  }
  return Math.floor(bytes / (bytesPerThread + objects * bytesPerObject));
}

/** Every thread gets a copy, and reads memory by the layout alone. */
function layoutOf(dump: Dump): Dump {
  const regions = [...dump.regions];
  const captured = [...dump.captured];
  return { ...dump, regions, captured, modules: [], threads: [], warnings: [], details: [] };
}

function newMember(worker: Worker) {
  let settle = () => {};
  let hear: (report: PartReport) => void = () => {};
  // Its last reports come before its exit, not before its error.
  const ended = new Promise<void>((end) => worker.on('error', () => {}).on('exit', () => end()));
  worker.on('message', (report: PartReport | undefined) => {
    if (report === undefined) settle();
    else hear(report);
  });
  return {
    help(order: SentOrder, onPart: (report: PartReport) => void): Promise<void> {
      const through = new Promise<void>((resolve) => {
        settle = resolve;
      });
      hear = onPart;
      worker.postMessage(order);
      return Promise.race([through, ended]);
    },
    end: () => worker.terminate(),
  };
}
