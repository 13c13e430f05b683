import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { List } from '../../model/list.ts';
import { type Arena, isWithoutHeap } from './arena.ts';
import { alignChunk, chunkFlags, isChunkSize, sizeIn } from './layout.ts';
import type { MallocParameters } from './malloc-parameters.ts';
import type { MemorySpan } from './memory-spans.ts';
import { readMmappedChunk } from './mmapped-chunks.ts';
import type { Run } from './run.ts';
import { chainHolds } from './trust.ts';
import { walkRun } from './walk.ts';

const pageSize = 4096;

/** Pages of one span tried as the start of a piece: 512 MiB. */
const pageLimit = 1 << 17;

/** Where sbrk's first address was, by the arena's own account; undefined when its memory came in several pieces. */
export function expectedSbrkBase(arena: Arena): Address | undefined {
  const known = !isWithoutHeap(arena) && !arena.noncontiguous && arena.topEnd > arena.top && arena.systemMemory > 0;
  return known ? arena.topEnd - arena.systemMemory : undefined;
}

/** Where the top chunk ends; without a sound size, what sbrk has given tells. */
function topEndOf(arena: Arena, parameters: MallocParameters | undefined): Address {
  const { top, topEnd, noncontiguous, systemMemory } = arena;
  if (topEnd > top || noncontiguous || !parameters?.sbrkBase) return topEnd;
  const bySystem = parameters.sbrkBase + systemMemory;
  return bySystem > top && bySystem % pageSize === 0 ? bySystem : topEnd;
}

/** The main arena's memory: the sbrk heap, or its pieces and mappings when sbrk failed at some time. */
export function findMainRuns(
  memory: Memory,
  arena: Arena,
  parameters: MallocParameters | undefined,
  spans: List<MemorySpan>,
): Run[] {
  if (isWithoutHeap(arena)) return [];
  // Where the capture ends, the top may be what comes next.
  const home = spans.find(({ start, end }) => arena.top >= start && arena.top <= end);
  const end = topEndOf(arena, parameters);
  const regionStart = home?.starts.findLast((start) => start <= arena.top);
  const bases = [expectedSbrkBase(arena), parameters?.sbrkBase || undefined, regionStart];
  const starts = bases.filter((base) => base !== undefined).map((base) => alignChunk(arena.layout, base));
  const candidates = starts.filter((start) => start <= arena.top).map((start) => ({ start, end, top: arena.top }));
  if (!arena.noncontiguous) {
    const good = candidates.find((run) => isHeapStart(memory, arena, run, run.start));
    const usable = good ?? candidates.find(({ start }) => memory.word(start) !== undefined) ?? candidates[0];
    return usable === undefined ? [] : [usable];
  }
  const pieces = findPieces(memory, arena, parameters, spans);
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

/** The pieces of a noncontiguous arena. When some are missing by the arena's own account, every page is tried. */
function findPieces(
  memory: Memory,
  arena: Arena,
  parameters: MallocParameters | undefined,
  spans: List<MemorySpan>,
): Run[] {
  const base = parameters?.sbrkBase ?? 0;
  const atStarts = spans.flatMap((span) => {
    const holdsBase = base > span.start && base < span.end;
    return piecesOf(memory, arena, span, holdsBase ? [...span.starts, base].sort((a, b) => a - b) : span.starts);
  });
  const bytes = atStarts.reduce((sum, piece) => sum + piece.end - piece.start, 0);
  // Of each piece less than a page may not be counted: what is before an aligned start.
  if (bytes + atStarts.length * pageSize >= arena.systemMemory) return atStarts;
  const known = new Map(atStarts.map((piece) => [piece.start, piece]));
  return spans.flatMap((span) => {
    const pages = Math.min(pageLimit, Math.ceil((span.end - span.start) / pageSize));
    const starts = Array.from({ length: pages }, (_, index) => span.start + index * pageSize);
    const inSpan = atStarts.filter(({ start }) => start >= span.start && start < span.end).map(({ start }) => start);
    return piecesOf(
      memory,
      arena,
      span,
      [...starts, ...inSpan].sort((a, b) => a - b),
      known,
    );
  });
}

/**
 * The pieces in one span of memory that begin at one of `starts`, or right after a piece or an mmapped chunk that
 * does: the kernel joins them. Each starts at a page and ends in fenceposts or the top.
 */
function piecesOf(
  memory: Memory,
  arena: Arena,
  span: MemorySpan,
  starts: readonly Address[],
  known: ReadonlyMap<Address, Run> = new Map(),
): Run[] {
  const { layout } = arena;
  const pieces: Run[] = [];
  let done = Number.NEGATIVE_INFINITY;
  for (const start of starts) {
    let at = start;
    while (at >= done && at < span.end) {
      const mmapped = readMmappedChunk(memory, layout, at, span.end);
      const first = alignChunk(layout, at);
      const piece = mmapped === undefined ? (known.get(first) ?? readPiece(memory, arena, first, span.end)) : undefined;
      const next = mmapped === undefined ? piece?.end : at + mmapped.size;
      // A top chunk that does not tell its size makes a piece that ends where it starts.
      if (next === undefined || next <= at) break;
      if (piece !== undefined) pieces.push(piece);
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
  if (reachedTop || end === top) return run;
  const fences = end + 2 * layout.header;
  // What cannot be walked is left to the report's walk to tell; the piece ends there.
  return { start, end: damaged ? fences : Math.min(limit, Math.ceil(fences / pageSize) * pageSize), top: undefined };
}
