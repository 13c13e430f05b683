import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { chunkFlags, isChunkSize, type Layout, sizeIn } from './layout.ts';
import type { Run } from './run.ts';
import { chainHolds, isBinned, nextTrustedChunk } from './trust.ts';

/** Told of every chunk but fenceposts, in address order. */
export interface ChunkSink {
  /** @param inUse by boundary tags: what a thread or a fastbin has cached counts as in use. The top chunk does not. */
  chunk(address: Address, size: number, inUse: boolean): void;
  damage(address: Address, message: string): void;
}

/** Chunks between two interruptions. */
const chunksPerStep = 8192;

/** Places in one run where the walk may lose its way before it gives the run up. */
const damageLimit = 1000;

interface Position {
  chunk: Address;
  /** Size field of `chunk`; NaN where it was not captured. */
  sizeField: number;
  damages: number;
}

/**
 * Walks a run from chunk to chunk; yields every few thousand. Where a size makes no sense it says so and goes on at
 * the next chunk that can be trusted. Always moves upward, so it ends whatever the bytes say.
 */
export function* walkRun(memory: Memory, layout: Layout, run: Run, sink: ChunkSink): Generator<void, void> {
  const sizeField = memory.word(run.start + layout.word) ?? Number.NaN;
  const position: Position = { chunk: run.start, sizeField, damages: 0 };
  while (advance(memory, layout, run, sink, position)) yield;
}

/** Walks on from `position` and moves it; false when the run is done. */
function advance(memory: Memory, layout: Layout, run: Run, sink: ChunkSink, position: Position): boolean {
  const { word, smallestChunk } = layout;
  const last = (run.top ?? run.end) - (run.top === undefined ? layout.header : 0);
  let { chunk, sizeField } = position;
  for (let budget = chunksPerStep; budget > 0; budget -= 1) {
    if (chunk === run.top) {
      tellTop(run.end - chunk, chunk, sizeField, sink);
      return false;
    }
    const size = sizeIn(sizeField);
    const next = chunk + size;
    if (!isChunkSize(layout, size) || next > last || (sizeField & chunkFlags.mmapped) !== 0) {
      position.chunk = chunk;
      position.sizeField = sizeField;
      if (!leaveChain(memory, layout, run, sink, position)) return false;
      ({ chunk, sizeField } = position);
      continue;
    }
    const nextField = memory.word(next + word);
    if (nextField === undefined) {
      sink.chunk(chunk, size, !isBinned(memory, layout, chunk));
    } else if (nextField < smallestChunk && endsHeap(layout, run, next, nextField)) {
      return false;
    } else {
      // A free chunk's size stands at its end as well. Where it does not, the next size field is damaged.
      const isFree = (nextField & chunkFlags.previousInUse) === 0;
      sink.chunk(chunk, size, !isFree || (memory.word(next) !== size && !isBinned(memory, layout, chunk)));
    }
    chunk = next;
    sizeField = nextField ?? Number.NaN;
  }
  position.chunk = chunk;
  position.sizeField = sizeField;
  return true;
}

function tellTop(size: number, top: Address, sizeField: number, sink: ChunkSink): void {
  if (!Number.isNaN(sizeField) && sizeIn(sizeField) !== size) {
    sink.damage(top, `the top chunk has ${size} bytes by its heap and ${sizeIn(sizeField)} by its own account`);
  }
  if (size > 0) sink.chunk(top, size, false);
}

/**
 * Whether the last chunk of a thread arena's full heap is followed by its end mark: a size field of 0 with the
 * "previous in use" flag. That last chunk is a fencepost, whatever its size.
 */
function endsHeap(layout: Layout, run: Run, next: Address, nextField: number): boolean {
  if (nextField !== chunkFlags.previousInUse || run.top !== undefined) return false;
  return run.end - next <= layout.header + layout.alignment;
}

/** At a chunk whose size cannot be: a fencepost, or damage. Moves on to where the chain can be trusted again. */
function leaveChain(memory: Memory, layout: Layout, run: Run, sink: ChunkSink, position: Position): boolean {
  const { chunk, sizeField } = position;
  const { word, header } = layout;
  let from = chunk + layout.alignment;
  if (sizeIn(sizeField) === header) {
    const second = memory.word(chunk + header + word);
    if (second === chunkFlags.previousInUse && endsHeap(layout, run, chunk + header, second)) return false;
    // sbrk moved away: two fenceposts, then perhaps memory of somebody else, then a new piece of the heap.
    const isFence = second !== undefined && sizeIn(second) === header;
    if (isFence) from = chunk + 2 * header;
    if (isFence && (run.stopAtFence || from + layout.alignment >= run.end)) return false;
    if (isFence && chainHolds(memory, layout, run, from)) return moveTo(memory, layout, position, from);
    if (!isFence) sink.damage(chunk, describe(layout, run, position));
  } else {
    sink.damage(chunk, describe(layout, run, position));
  }
  position.damages += 1;
  if (position.damages > damageLimit) {
    sink.damage(chunk, 'too much damage: the rest of this range is not walked');
    return false;
  }
  const trusted = nextTrustedChunk(memory, layout, run, from);
  return trusted !== undefined && moveTo(memory, layout, position, trusted);
}

function moveTo(memory: Memory, layout: Layout, position: Position, chunk: Address): boolean {
  position.chunk = chunk;
  position.sizeField = memory.word(chunk + layout.word) ?? Number.NaN;
  return true;
}

function describe(layout: Layout, run: Run, { chunk, sizeField }: Position): string {
  if (Number.isNaN(sizeField)) return 'a chunk header was not captured';
  const size = sizeIn(sizeField);
  if (!isChunkSize(layout, size)) return `a chunk cannot have ${size} bytes`;
  if ((sizeField & chunkFlags.mmapped) !== 0) return 'a chunk in an arena cannot be a mapping of its own';
  const limit = run.top !== undefined && chunk + size > run.top ? 'the top chunk' : 'the end of the heap';
  return `a chunk of ${size} bytes reaches beyond ${limit}`;
}
