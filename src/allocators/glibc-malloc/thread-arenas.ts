import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { capturedRuns, type MemoryRange } from '../captured-runs.ts';
import { type Arena, heapHeaderWords, isWithoutHeap, readArena } from './arena.ts';
import { hasBins } from './find-main-arena.ts';
import { alignChunk, binsOffsets, type Layout, layoutOf } from './layout.ts';
import type { Run } from './run.ts';

/** A heap_info: one aligned mapping of a thread arena. Source: glibc malloc/arena.c. */
interface ThreadHeap {
  readonly start: Address;
  /** Exclusive; heap_info.size bytes after the start. What is reserved beyond is not accessible. */
  readonly end: Address;
  readonly arena: Address;
  readonly isFirst: boolean;
}

export interface ThreadArena {
  readonly arena: Arena;
  /** In address order. */
  readonly heaps: readonly { readonly start: Address; readonly end: Address }[];
  readonly runs: readonly Run[];
}

/**
 * What heaps are aligned to: HEAP_MAX_SIZE, which is 64 MiB or 1 MiB, but 4 huge pages with glibc.malloc.hugetlb=2,
 * so 8 MiB at least with 8-byte pointers.
 */
const heapAlignment: Readonly<Record<PointerSize, number>> = { 8: 8 << 20, 4: 1 << 20 };

/** Largest HEAP_MAX_SIZE: 4 huge pages of 1 GiB. */
const largestHeap: Readonly<Record<PointerSize, number>> = { 8: 2 ** 32, 4: 1 << 20 };

const pageSize = 4096;

/**
 * Finds thread arenas by the headers of their heaps, at aligned addresses of writable memory. `layout` is the main
 * arena's; without it the layout is told from the first arena's bins.
 */
export function findThreadArenas(memory: Memory, layout: Layout | undefined): ThreadArena[] {
  const byArena = new Map<Address, ThreadHeap[]>();
  for (const heap of findHeaps(memory)) {
    const known = byArena.get(heap.arena);
    if (known === undefined) byArena.set(heap.arena, [heap]);
    else known.push(heap);
  }
  const arenas = [...byArena].map(([address, heaps]) => toThreadArena(memory, layout, address, heaps));
  return arenas.filter((arena) => arena !== undefined);
}

/** In address order, never overlapping. */
function findHeaps(memory: Memory): ThreadHeap[] {
  const alignment = heapAlignment[memory.dump.pointerSize];
  const found: ThreadHeap[] = [];
  let searched = Number.NEGATIVE_INFINITY;
  for (const run of capturedRuns(memory.dump, writable())) {
    let start = Math.ceil(Math.max(run.start, searched) / alignment) * alignment;
    while (start < run.end) {
      const heap = readHeap(memory, start);
      if (heap !== undefined) found.push(heap);
      searched = heap?.end ?? start + 1;
      start = Math.ceil(searched / alignment) * alignment;
    }
  }
  return found;

  function* writable(): Generator<MemoryRange, void> {
    for (const region of memory.dump.regions) if (region.writable && region.kind !== 'image') yield region;
  }
}

function readHeap(memory: Memory, start: Address): ThreadHeap | undefined {
  const word = memory.dump.pointerSize;
  const alignment = heapAlignment[word];
  const arena = memory.word(start);
  if (!arena || !heapHeaderWords.some((words) => arena % alignment === words * word)) return undefined;
  const previous = memory.word(start + word);
  const size = memory.word(start + 2 * word);
  const accessible = memory.word(start + 3 * word);
  if (previous === undefined || size === undefined || accessible === undefined) return undefined;
  if (previous % alignment !== 0 || previous === start) return undefined;
  if (size <= 0 || size > accessible || accessible > largestHeap[word]) return undefined;
  if (size % pageSize !== 0 || accessible % pageSize !== 0) return undefined;
  const isFirst = previous === 0;
  const holdsArena = arena > start && arena < start + size;
  return isFirst === holdsArena ? { start, end: start + size, arena, isFirst } : undefined;
}

function toThreadArena(
  memory: Memory,
  mainLayout: Layout | undefined,
  address: Address,
  heaps: readonly ThreadHeap[],
): ThreadArena | undefined {
  const { pointerSize, architecture } = memory.dump;
  const offsets = mainLayout === undefined ? binsOffsets[pointerSize] : [mainLayout.binsOffset];
  for (const offset of offsets) {
    const layout = layoutOf(pointerSize, offset, architecture);
    const arena = hasBins(memory, layout, address) ? readArena(memory, layout, address) : undefined;
    if (arena === undefined || isWithoutHeap(arena)) continue;
    // Bins look much the same a pair further on, but then no top chunk is before them.
    const isSure = mainLayout !== undefined || heaps.some(({ end }) => end === arena.topEnd);
    if (!isSure) continue;
    const first = heaps.find(({ isFirst }) => isFirst);
    const header = first === undefined ? heapHeaderWords[1] * layout.word : address - first.start;
    return { arena, heaps, runs: heaps.map((heap) => runOf(arena, heap, header)) };
  }
  return undefined;
}

function runOf(arena: Arena, heap: ThreadHeap, header: number): Run {
  const afterHeader = heap.isFirst ? arena.address + arena.size : heap.start + header;
  const top = arena.top > heap.start && arena.top < heap.end ? arena.top : undefined;
  return { start: alignChunk(arena.layout, afterHeader), end: heap.end, top };
}
