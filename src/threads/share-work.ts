// Does work together with a team of other threads: the same results in the same order, whatever their number.
import { setTimeout } from 'node:timers/promises';
import type { Order } from './helper.ts';
import type { Team } from './team.ts';
import { claimParts, type Part, type Work } from './work.ts';

/** Between two looks at whether the other threads are done. */
const patienceMs = 20;

export interface SharedWork<Result> {
  readonly work: Work<Result>;
  /** Undefined where this thread works alone. */
  readonly team: Team | undefined;
  /** What makes the same work of another thread. */
  readonly order: () => Order;
  /** Told of all results in the order of their parts. */
  readonly onResult: (result: Result) => void;
  /** Told of bytes read by any thread. Throws when the work is to end. */
  readonly pace: (bytes: number) => Promise<void>;
}

/** Does all parts. What a thread leaves undone this one does, and fails where it has to. */
export async function shareWork<Result>({ work, team, order, onResult, pace }: SharedWork<Result>): Promise<void> {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const results = inOrder(onResult);
  let readByOthers = 0;
  const others = team?.help(order(), taken, ({ number, bytes, result }) => {
    readByOthers += bytes;
    results.add(number, result as Result);
  });
  const paceAll = (read: number) => {
    const bytes = read + readByOthers;
    readByOthers = 0;
    return pace(bytes);
  };
  const doPart = async (number: number, part: Part<Result>) => {
    const steps = part();
    let step = steps.next();
    for (; !step.done; step = steps.next()) await paceAll(step.value);
    results.add(number, step.value);
  };
  for (const { number, part } of claimParts(work, taken)) await doPart(number, part);
  if (others === undefined) return;
  for (let over = false; !over; await paceAll(0)) over = await isOver(others);
  let number = 0;
  for (const part of work()) {
    if (!results.has(number)) await doPart(number, part);
    number++;
  }
}

/** Waits a moment for what will settle. */
function isOver(others: Promise<unknown>): Promise<boolean> {
  return Promise.race([others.then(() => true), setTimeout(patienceMs, false, { ref: false })]);
}

/** Tells of results in the order of their numbers, whatever order they come in. */
function inOrder<Result>(tell: (result: Result) => void) {
  const waiting = new Map<number, Result>();
  let next = 0;
  return {
    has: (number: number) => number < next || waiting.has(number),
    add(number: number, result: Result) {
      waiting.set(number, result);
      for (let one = waiting.get(next); one !== undefined; one = waiting.get(next)) {
        waiting.delete(next++);
        tell(one);
      }
    },
  };
}
