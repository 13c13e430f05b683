// Other threads that take parts of the work, beside this one: as many as pay.
import type { Memory } from '../memory/memory.ts';
import type { Dump } from '../model/dump.ts';
import { type DumpPlace, type Helper, type Order, type PartReport, startHelpers } from './helper.ts';

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

/** How many threads pay where so many bytes are to be read, in so many regions and ranges. */
function usefulHelpers(bytes: number, objects: number): number {
  // Sources run by a loader of TypeScript have no built thread.
  if (import.meta.url.endsWith('.ts')) return 0;
  return Math.floor(bytes / (bytesPerThread + objects * bytesPerObject));
}

/** Starts as many threads as may pay for dumps of so many bytes in all, `most` at most, before the dumps are open. */
export function startAhead(bytes: number, most: number): Helper[] {
  return startHelpers(Math.min(most, usefulHelpers(bytes, 0)));
}

/**
 * As many threads as pay, `most` at most: none where dumps are small, or where memory is put together from several files.
 * Takes those that were started `ahead`, or ends them, and starts the others.
 */
export function startTeam(memories: readonly Memory[], most: number, ahead: readonly Helper[]): Team | undefined {
  const wanted = Math.max(0, Math.min(most, helpersFor(memories)));
  for (const helper of ahead.slice(wanted)) void helper.end();
  const helpers = [...ahead.slice(0, wanted), ...startHelpers(wanted - ahead.length)];
  if (helpers.length === 0) return undefined;
  const dumps: readonly DumpPlace[] = memories.map(({ dump, file }) => ({ dump: layoutOf(dump), file: file! }));
  for (const helper of helpers) helper.open(dumps);
  return {
    help: (order, taken, onPart) => Promise.all(helpers.map((helper) => helper.help({ order, taken }, onPart))),
    end: () => Promise.all(helpers.map((helper) => helper.end())),
  };
}

function helpersFor(memories: readonly Memory[]): number {
  if (memories.some(({ file }) => file === undefined)) return 0;
  let bytes = 0;
  let objects = 0;
  for (const { captured, regions } of memories.map(({ dump }) => dump)) {
    for (const { size } of captured) bytes += size;
    objects += captured.length + regions.length;
  }
  return usefulHelpers(bytes, objects);
}

/** Every thread gets a copy, and reads memory by the layout alone. */
function layoutOf(dump: Dump): Dump {
  const regions = [...dump.regions];
  const captured = [...dump.captured];
  return { ...dump, regions, captured, modules: [], threads: [], warnings: [], details: [] };
}
