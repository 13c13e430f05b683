// Entry of a thread that helps: takes parts of one task after the other, until it is ended.
import { parentPort } from 'node:worker_threads';
import { descriptorSource } from './bytes/file-source.ts';
import { type CountTask, countingWork } from './detect/stride/counting-work.ts';
import { openMemory } from './memory/dump-memory.ts';
import type { Memory } from './memory/memory.ts';
import { type SentScan, scanWork } from './scan/scan-work.ts';
import type { Message, Order, PartReport, SentOrder } from './threads/helper.ts';
import { claimParts, type Work } from './threads/work.ts';

/** By the name that orders have for it. */
const works: Readonly<Record<string, (task: never, memories: readonly Memory[]) => Work<unknown>>> = {
  scan: (task: SentScan, memories) => scanWork({ ...task, memories }),
  count: (task: CountTask, memories) => countingWork(task, memories),
};

let memories: readonly Memory[] = [];

parentPort!.on('message', (message: Message) => {
  if ('dumps' in message) {
    memories = message.dumps.map(({ dump, file }) =>
      openMemory(dump, descriptorSource(file.descriptor, file.size, file.path)),
    );
  } else takeParts(message);
});

function takeParts({ order, taken }: SentOrder): void {
  for (const { number, part } of claimParts(workOf(order), taken)) {
    const steps = part();
    let bytes = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) bytes += step.value;
    parentPort!.postMessage({ number, bytes, result: step.value } satisfies PartReport);
  }
  // No more parts.
  parentPort!.postMessage(undefined);
}

function workOf({ work, task }: Order): Work<unknown> {
  return works[work]!(task as never, memories);
}
