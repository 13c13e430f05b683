import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { type Arena, isWithoutHeap } from './arena.ts';
import { alignChunk, chunkFlags, isChunkSize, sizeIn } from './layout.ts';
import type { MallocParameters } from './malloc-parameters.ts';
import type { MemorySpan } from './memory-spans.ts';
import { readMmappedChunk } from './mmapped-chunks.ts';
import type { Run } from './run.ts';
import { chainHolds } from './trust.ts';
import { walkRun } from './walk.ts';

const pageSize = 4096;

/** Where sbrk's first address was, by the arena's own account; undefined when its memory came in several pieces. */
export function expectedSbrkBase(arena: Arena): Address | undefined {
  const known = !isWithoutHeap(arena) && !arena.noncontiguous && arena.topEnd > arena.top && arena.systemMemory > 0;
  return known ? arena.topEnd - arena.systemMemory : undefined;
}

/** The main arena's memory: the sbrk heap, or its pieces and mappings when sbrk failed at some time. */
export function findMainRuns(
  memory: Memory,
  arena: Arena,
  parameters: MallocParameters | undefined,
  spans: readonly MemorySpan[],
): Run[] {
  if (isWithoutHeap(arena)) return [];
  const home = spans.find(({ start, end }) => arena.top >= start && arena.top < end);
  const end = Math.max(arena.topEnd, arena.top + arena.layout.header);
  const regionStart = home?.starts.findLast((start) => start <= arena.top);
  const bases = [expectedSbrkBase(arena), parameters?.sbrkBase || undefined, regionStart];
  const starts = bases.filter((base) => base !== undefined).map((base) => alignChunk(arena.layout, base));
  const candidates = starts.filter((start) => start <= arena.top).map((start) => ({ start, end, top: arena.top }));
  if (!arena.noncontiguous) {
    const good = candidates.find((run) => isHeapStart(memory, arena, run, run.start));
    const usable = good ?? candidates.find(({ start }) => memory.word(start) !== undefined) ?? candidates[0];
    return usable === undefined ? [] : [usable];
  }
  const pieces = spans.flatMap((span) => findPieces(memory, arena, parameters, span));
  if (pieces.some(({ top }) => top !== undefined)) return pieces;
  // The piece in use is damaged: whatever of its mapping no other piece is in.
  const before = pieces.findLast((piece) => piece.end <= arena.top)?.end ?? Number.NEGATIVE_INFINITY;
  const start = alignChunk(arena.layout, Math.max(before, regionStart ?? arena.top));
  return [...pieces, { start, end, top: arena.top }].sort((a, b) => a.start - b.start);
}

function isHeapStart(memory: Memory, arena: Arena, run: Run, start: Address): boolean {
  const sizeField = memory.word(start + arena.layout.word);
  if (sizeField === undefined || (sizeField & chunkFlags.previousInUse) === 0) return false;
  return (
    start === run.top || (isChunkSize(arena.layout, sizeIn(sizeField)) && chainHolds(memory, arena.layout, run, start))
  );
}

/**
 * The pieces of a noncontiguous arena in one span of memory. Each starts at a page and ends in fenceposts or the top;
 * the kernel may have joined it to other pieces and to mmapped chunks.
 */
function findPieces(memory: Memory, arena: Arena, parameters: MallocParameters | undefined, span: MemorySpan): Run[] {
  const { layout } = arena;
  const base = parameters?.sbrkBase ?? 0;
  const starts = base > span.start && base < span.end ? [...span.starts, base].sort((a, b) => a - b) : span.starts;
  const pieces: Run[] = [];
  let done = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    let at = start;
    while (at >= done && at < span.end) {
      const mmapped = readMmappedChunk(memory, layout, at, span.end);
      const piece = mmapped === undefined ? readPiece(memory, arena, alignChunk(layout, at), span.end) : undefined;
      if (piece !== undefined) pieces.push(piece);
      const next = mmapped === undefined ? piece?.end : at + mmapped.size;
      if (next === undefined) break;
      at = next;
      done = next;
    }
  }
  return pieces;
}

/** The piece that starts with the chunk at `start`; it has to be walked, for nothing says where it ends. */
function readPiece(memory: Memory, arena: Arena, start: Address, limit: Address): Run | undefined {
  const { layout } = arena;
  const holdsTop = arena.top >= start && arena.topEnd <= limit;
  const top = holdsTop ? arena.top : undefined;
  const run = { start, end: holdsTop ? arena.topEnd : limit, top };
  if (!isHeapStart(memory, arena, run, start)) return undefined;
  let end = start;
  let damaged = false;
  let reachedTop = false;
  const sink = {
    chunk(address: Address, size: number) {
      end = address + size;
      reachedTop = address === top;
    },
    damage() {
      damaged = true;
    },
  };
  const walk = walkRun(memory, layout, { ...run, stopAtFence: true }, sink);
  while (!damaged && !walk.next().done);
  if (reachedTop) return run;
  const fences = end + 2 * layout.header;
  // What cannot be walked is left to the report's walk to tell; the piece ends there.
  return { start, end: damaged ? fences : Math.min(limit, Math.ceil(fences / pageSize) * pageSize), top: undefined };
}
