// One other thread that takes parts of the work, seen from here; what it does is in thread.ts.
import { Worker } from 'node:worker_threads';
import type { MemoryFile } from '../memory/memory.ts';
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

/** What a thread is sent: the dumps, then orders. */
export type Message = { readonly dumps: readonly DumpPlace[] } | SentOrder;

/** What a thread tells of a part; of no part when none is left. */
export interface PartReport {
  readonly number: number;
  /** Bytes read for it. */
  readonly bytes: number;
  readonly result: unknown;
}

export interface Helper {
  /** Tells it of the dumps, once and before any order. Until then it keeps no process alive. */
  open(dumps: readonly DumpPlace[]): void;
  /** Has it take parts of a task. Settles when it is through with it, well or not. */
  help(sent: SentOrder, onPart: (report: PartReport) => void): Promise<void>;
  /** Ends it, also in the middle of a part. */
  end(): Promise<unknown>;
}

/** Starts so many, or as many as the system lets. They get ready while this thread goes on. */
export function startHelpers(count: number): Helper[] {
  const helpers: Helper[] = [];
  try {
    while (helpers.length < count) helpers.push(startHelper());
  } catch {
    // Fewer do the same.
  }
  return helpers;
}

function startHelper(): Helper {
  // Our streams are not opened for it: it prints nothing.
  const worker = new Worker(new URL(import.meta.resolve('#thread')), { stdout: true, stderr: true });
  const send = (message: Message) => worker.postMessage(message);
  let settle = () => {};
  let hear: (report: PartReport) => void = () => {};
  // Its last reports come before its exit, not before its error.
  const ended = new Promise<void>((end) => worker.on('error', () => {}).on('exit', () => end()));
  worker.on('message', (report: PartReport | undefined) => {
    if (report === undefined) settle();
    else hear(report);
  });
  // Only now: who listens keeps the process alive.
  worker.unref();
  return {
    open(dumps) {
      worker.ref();
      send({ dumps });
    },
    help(sent, onPart) {
      const through = new Promise<void>((resolve) => {
        settle = resolve;
      });
      hear = onPart;
      send(sent);
      return Promise.race([through, ended]);
    },
    end: () => worker.terminate(),
  };
}
