import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { capturedRuns } from '../captured-runs.ts';
import { addressIn, capturedHalves, readWords, staticDataOf } from '../static-data.ts';
import { arenaPageLayout } from './page-layouts.ts';
import { type Page, readPage, type Segment } from './pages.ts';

/** MI_ARENA_SLICE_SIZE on 64-bit systems; arenas and pages are aligned to it. */
const sliceBytes = 1 << 16;

/** Fields of mi_arena_t (mimalloc src/arena.c of 3.0). The bitmaps stand behind it, in the slices kept for it. */
const arenaFields = { sliceCount: 32, infoSlices: 40, bitmaps: [64, 72, 80, 88, 96] } as const;
const mostSlices = 1 << 24;
const mostCandidates = 1 << 20;

/** Where a page's record says which slices it takes (mi_memid_t): the arena, the first slice, how many. */
const memoryId = 96;
const recordBytes = 120;

/** A page's neighbours in its heap's queue. */
const neighbours = [72, 80] as const;

/**
 * Finds the arenas of mimalloc 3.0, to which the process's static data points (mi_subproc_t), with the pages in them.
 * Each page says which slices of which arena it takes.
 */
export function findArenas(memory: Memory): Segment[] {
  // Data is full of pointers to the same few pages, and of what only looks like one.
  const tried = new Set<Address>();
  const arenas: { readonly start: Address; readonly slices: number }[] = [];
  const hasMemory = capturedHalves(memory.dump);
  readWords(memory, staticDataOf(memory), 0, (words) => {
    for (let i = 0; i + 1 < words.length; i += 2) {
      const high = words[i + 1]!;
      if (high === 0 || high > 0xffff || hasMemory[high] === 0 || (words[i]! & (sliceBytes - 1)) !== 0) continue;
      const start = addressIn(words, i);
      if (memory.capturedBytesFrom(start, 1) === 0 || tried.has(start) || tried.size >= mostCandidates) continue;
      tried.add(start);
      const slices = readSliceCount(memory, start);
      if (slices > 0) arenas.push({ start, slices });
    }
    return undefined;
  });
  const segments: Segment[] = [];
  let end = 0;
  for (const { start, slices } of arenas.sort((a, b) => a.start - b.start)) {
    if (start < end) continue;
    end = start + slices * sliceBytes;
    const pages = readPages(memory, start, end);
    if (pages.length > 0) segments.push({ start, size: end - start, layout: arenaPageLayout, pages });
  }
  segments.push(...readPagesOutside(memory, segments));
  return segments.sort((a, b) => a.start - b.start);
}

/**
 * Objects too large for any arena have memory of their own. Their pages stand in heaps' queues with others; instead of
 * an arena their records name that memory.
 */
function readPagesOutside(memory: Memory, arenas: readonly Segment[]): Segment[] {
  const found: Segment[] = [];
  const view = new DataView(new ArrayBuffer(recordBytes));
  const queue = arenas.flatMap(({ pages }) => pages.map(({ start }) => start));
  const known = new Set(queue);
  for (const at of queue) {
    for (const field of neighbours) {
      const next = memory.i64(at + field) ?? 0;
      if (next <= 0 || next % sliceBytes !== 0 || known.has(next)) continue;
      known.add(next);
      const page = readPageOutside(memory, view, next);
      const sameHeap = memory.i64(at + arenaPageLayout.heap) === memory.i64(next + arenaPageLayout.heap);
      if (page === undefined || !sameHeap) continue;
      queue.push(next);
      found.push({ start: next, size: page.size, layout: arenaPageLayout, pages: [page] });
    }
  }
  return found;
}

function readPageOutside(memory: Memory, view: DataView, at: Address): Page | undefined {
  if (memory.read(at, new Uint8Array(view.buffer)) < recordBytes) return undefined;
  const base = memory.i64(at + memoryId) ?? 0;
  const end = base + (memory.i64(at + memoryId + 8) ?? 0);
  if (base <= 0 || base > at || end <= at) return undefined;
  const page = readPage(view, 0, arenaPageLayout, at, end - at, at);
  return page?.reserved === 1 && page.used === 1 ? page : undefined;
}

/** Slices of the arena at `start`; 0 when there is none. */
function readSliceCount(memory: Memory, start: Address): number {
  const slices = memory.i64(start + arenaFields.sliceCount) ?? 0;
  const infoSlices = memory.i64(start + arenaFields.infoSlices) ?? 0;
  if (infoSlices < 1 || slices <= infoSlices || slices > mostSlices) return 0;
  const infoEnd = start + infoSlices * sliceBytes;
  let last = start;
  for (const field of arenaFields.bitmaps) {
    const bitmap = memory.i64(start + field);
    if (bitmap === undefined || bitmap <= last || bitmap >= infoEnd) return 0;
    last = bitmap;
  }
  return slices;
}

function readPages(memory: Memory, arena: Address, end: Address): Page[] {
  const pages: Page[] = [];
  const record = new Uint8Array(recordBytes);
  const view = new DataView(record.buffer);
  let next = arena + sliceBytes;
  for (const run of capturedRuns(memory.dump, [{ start: arena, end }])) {
    let at = Math.max(next, Math.ceil(run.start / sliceBytes) * sliceBytes);
    while (at < run.end) {
      const page = memory.read(at, record) === recordBytes ? pageAt(view, arena, at) : undefined;
      if (page !== undefined) pages.push(page);
      at += page?.size ?? sliceBytes;
    }
    next = at;
  }
  return pages;
}

function pageAt(view: DataView, arena: Address, at: Address): Page | undefined {
  const owner = view.getUint32(memoryId + 4, true) * 4294967296 + view.getUint32(memoryId, true);
  const first = view.getUint32(memoryId + 8, true);
  const slices = view.getUint32(memoryId + 12, true);
  if (owner !== arena || arena + first * sliceBytes !== at || slices === 0 || slices > mostSlices) return undefined;
  const page = readPage(view, 0, arenaPageLayout, at, slices * sliceBytes, at);
  // A record outlives its page, and others may have taken some of the slices since. It then has neither blocks nor heap.
  const hasHeap =
    view.getUint32(arenaPageLayout.heap, true) !== 0 || view.getUint32(arenaPageLayout.heap + 4, true) !== 0;
  return page !== undefined && (page.used > 0 || hasHeap) ? page : undefined;
}
