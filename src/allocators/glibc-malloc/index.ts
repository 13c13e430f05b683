import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import type { Arena } from './arena.ts';
import { type CachedFree, collectCachedFree } from './cached-free.ts';
import { findMainArena } from './find-main-arena.ts';
import type { Layout } from './layout.ts';
import { expectedSbrkBase, findMainRuns } from './main-heap.ts';
import { findMallocParameters } from './malloc-parameters.ts';
import { writableSpans } from './memory-spans.ts';
import { findMmappedChunks, type MmappedChunk } from './mmapped-chunks.ts';
import { findOrphanHeap } from './orphan-heap.ts';
import { otherStrides, requestRange } from './request-range.ts';
import type { Run } from './run.ts';
import { findThreadArenas } from './thread-arenas.ts';
import { walkRun } from './walk.ts';

/** All that is known of one process's malloc; its heaps share it. */
interface ProcessHeaps {
  readonly layout: Layout;
  readonly arenas: readonly Arena[];
  readonly runs: readonly Run[];
  /** Collected by the first walk: it takes a look at every chunk. */
  cachedFree: CachedFree | undefined;
}

interface GlibcHeap {
  readonly process: ProcessHeaps;
  readonly runs: readonly Run[];
  readonly mmapped: readonly MmappedChunk[];
}

/** The allocator of the GNU C library, also called ptmalloc. The top chunk counts as a free block. */
export const glibcMalloc = {
  id: 'glibc-malloc',
  displayName: 'glibc malloc',
  reference: 'https://sourceware.org/glibc/wiki/MallocInternals',
  headerBytes: ({ pointerSize }) => 2 * pointerSize,
  findHeaps,
  walk,
  requestRange,
  otherStrides,
} as const satisfies Allocator;

function findHeaps(memory: Memory): Heap<GlibcHeap>[] {
  const { dump } = memory;
  if (dump.addressSpace !== 'virtual' || dump.operatingSystem === 'windows' || dump.operatingSystem === 'macos')
    return [];
  const spans = writableSpans(dump);
  const arena = findMainArena(memory);
  const threads = findThreadArenas(memory, arena?.layout);
  const orphan = arena === undefined ? findOrphanHeap(memory, spans) : undefined;
  const layout = arena?.layout ?? threads[0]?.arena.layout ?? orphan?.layout;
  if (layout === undefined) return [];
  const parameters = arena && findMallocParameters(memory, arena, expectedSbrkBase(arena));
  const mainRuns = arena === undefined ? (orphan?.runs ?? []) : findMainRuns(memory, arena, parameters, spans);
  const mmapped = findMmappedChunks(memory, layout, spans, parameters);
  const process: ProcessHeaps = {
    layout,
    arenas: [...(arena === undefined ? [] : [arena]), ...threads.map((thread) => thread.arena)],
    runs: [...mainRuns, ...threads.flatMap(({ runs }) => runs)],
    cachedFree: undefined,
  };
  const heaps: Heap<GlibcHeap>[] = [];
  if (mainRuns.length > 0) {
    const address = arena?.address ?? mainRuns[0]!.start;
    const ranges = mainRuns.map(({ start, end }) => ({ start, end }));
    heaps.push({ address, name: 'main arena', ranges, state: { process, runs: mainRuns, mmapped: [] } });
  }
  for (const [index, { arena: own, heaps: parts, runs }] of threads.entries()) {
    const name = `thread arena ${index + 1}`;
    const ranges = parts.map(({ start, end }) => ({ start, end }));
    heaps.push({ address: own.address, name, ranges, state: { process, runs, mmapped: [] } });
  }
  if (mmapped.length > 0) {
    const ranges = mmapped.map(({ start, size }) => ({ start, end: start + size }));
    heaps.push({ address: mmapped[0]!.address, name: 'mmapped chunks', ranges, state: { process, runs: [], mmapped } });
  }
  return heaps;
}

function* walk(heap: Heap, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  // Only heaps of findHeaps come here, as the contract has it.
  const { process, runs, mmapped } = heap.state as GlibcHeap;
  for (const { address, size } of mmapped) visitor.block(address, size, true, -1);
  if (runs.length === 0) return;
  process.cachedFree ??= yield* collectCachedFree(memory, process);
  for (const run of runs) {
    const isCachedFree = process.cachedFree.from(run.start);
    yield* walkRun(memory, process.layout, run, {
      chunk(address: Address, size: number, inUse: boolean) {
        visitor.block(address, size, inUse && !isCachedFree(address), -1);
      },
      damage: visitor.damage.bind(visitor),
    });
  }
}
