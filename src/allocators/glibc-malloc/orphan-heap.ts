import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { List } from '../../model/list.ts';
import { alignChunk, binsOffsets, chunkFlags, isChunkSize, type Layout, layoutOf, sizeIn } from './layout.ts';
import type { MemorySpan } from './memory-spans.ts';
import type { Run } from './run.ts';

/** Chunks looked at in all: regions side by side could make each other's chains longer without end. */
const chunkLimit = 1 << 26;

/** Starts of regions looked at, the lowest ones: as many as Linux allows a process unless told otherwise. */
const mostStarts = 1 << 16;

/** Chunks that must be there before memory is believed to be a heap that goes on where nothing was captured. */
const leastChunks = 16;

export interface OrphanHeap {
  readonly layout: Layout;
  readonly runs: readonly Run[];
}

/**
 * The sbrk heap without its arena: cut-off cores hold the heap, which is low in memory, but not libc's data. Found by
 * a chain of chunks from the start of a region to its end, or to where the capture ends. What fastbins hold of it
 * then counts as live. Undefined when no region is one.
 */
export function findOrphanHeap(memory: Memory, spans: List<MemorySpan>): OrphanHeap | undefined {
  const { pointerSize, architecture } = memory.dump;
  const budget = { chunks: chunkLimit };
  const all = binsOffsets[pointerSize].map((offset) => layoutOf(pointerSize, offset, architecture));
  // Only the alignment matters here.
  const layouts = all.filter((layout, index) => {
    return all.findIndex(({ alignment }) => alignment === layout.alignment) === index;
  });
  for (const layout of layouts) {
    const found: Run[] = [];
    for (const { start, end } of lowestStarts(spans)) {
      const run = readHeap(memory, layout, { start, end }, budget);
      if (run !== undefined) found.push(run);
    }
    if (found.length > 0) return { layout, runs: found };
  }
  return undefined;
}

/** Where regions of the lowest spans start, and where their spans end. */
function* lowestStarts(spans: List<MemorySpan>): Generator<{ readonly start: Address; readonly end: Address }, void> {
  let left = mostStarts;
  for (const { starts, end } of spans) {
    for (const start of starts) {
      if (left-- <= 0) return;
      yield { start, end };
    }
  }
}

/** The run from the start of a region; undefined when the region is something else. */
function readHeap(
  memory: Memory,
  layout: Layout,
  region: { readonly start: Address; readonly end: Address },
  budget: { chunks: number },
): Run | undefined {
  const { word } = layout;
  const start = alignChunk(layout, region.start);
  // Nothing is before the first chunk, so its prev_size is never written.
  if (memory.word(start) !== 0) return undefined;
  let sizeField = memory.word(start + word);
  if (sizeField === undefined || (sizeField & chunkFlags.all) !== chunkFlags.previousInUse) return undefined;
  const limit = region.end;
  let chunk = start;
  for (let count = 1; budget.chunks > 0; count += 1) {
    budget.chunks -= 1;
    const size = sizeIn(sizeField);
    if ((sizeField & chunkFlags.mmapped) !== 0) return undefined;
    if (chunk + size === limit && size >= layout.smallestChunk) {
      return count > 1 ? { start, end: limit, top: chunk } : undefined;
    }
    if (!isChunkSize(layout, size)) return undefined;
    chunk += size;
    sizeField = memory.word(chunk + word);
    if (sizeField === undefined || chunk > limit - layout.header) {
      return count > leastChunks ? { start, end: Math.max(limit, chunk + layout.header), top: undefined } : undefined;
    }
  }
  return undefined;
}
