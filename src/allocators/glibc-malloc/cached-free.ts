import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { lowerBound } from '../../model/lower-bound.ts';
import type { Arena } from './arena.ts';
import { fastbinChunks } from './cached-chunks.ts';
import type { Layout } from './layout.ts';
import type { Run } from './run.ts';
import { scatteredWords } from './scattered-words.ts';
import { type CacheShape, cacheChunkSizes, threadCacheChunks } from './thread-caches.ts';
import { walkRun } from './walk.ts';

/** Chunks that are free though boundary tags say that they are in use. */
export interface CachedFree {
  /** Tells of addresses, which have to be asked for in ascending order from `start` on. */
  from(start: Address): (chunk: Address) => boolean;
}

interface Heaps {
  readonly layout: Layout;
  readonly arenas: readonly Arena[];
  readonly runs: readonly Run[];
}

/**
 * Collects what fastbins and threads have cached. A thread's cache is a chunk like any other, in any arena, so all
 * chunks are looked at, until as many caches are found as there are threads. Yields every few thousand chunks.
 */
export function* collectCachedFree(memory: Memory, { layout, arenas, runs }: Heaps): Generator<void, CachedFree> {
  const words = scatteredWords(memory);
  const shapes = cacheChunkSizes(layout);
  const caches = new Map<CacheShape, Address[][]>();
  const threadCount = memory.dump.threads.length || Number.POSITIVE_INFINITY;
  let mostCaches = 0;
  const sink = {
    chunk(address: Address, size: number, inUse: boolean) {
      const shape = inUse ? shapes.get(size) : undefined;
      const cached = shape && threadCacheChunks(memory, words, layout, address, shape);
      if (shape === undefined || cached === undefined) return;
      const alike = caches.get(shape) ?? [];
      alike.push(cached);
      caches.set(shape, alike);
      mostCaches = Math.max(mostCaches, alike.length);
    },
    damage() {},
  };
  for (const run of runs) {
    const walk = walkRun(memory, layout, run, sink);
    while (mostCaches < threadCount && !walk.next().done) yield;
  }
  // All threads run the same glibc: what looks like a cache of another version is something else.
  const inCaches = [...caches.values()].map((alike) => alike.flat()).sort((a, b) => b.length - a.length)[0] ?? [];
  const inFastbins = arenas.flatMap((arena) => fastbinChunks(words, arena));
  return cachedFreeOf([...inFastbins, ...inCaches]);
}

function cachedFreeOf(found: readonly Address[]): CachedFree {
  // Infinity ends the loops: reading beyond an array's end is slow.
  const sorted = Float64Array.from([...found, Number.POSITIVE_INFINITY]).sort();
  return {
    from(start) {
      let next = lowerBound(sorted, start);
      return (chunk) => {
        while (sorted[next]! < chunk) next += 1;
        return sorted[next] === chunk;
      };
    },
  };
}
