// The pictures' cells of a window: what kind of words each holds.
import type { PageKernels, Place, WordRules } from '../kernels/kernels.ts';
import { cellOfCounts, newWordCounts } from '../kernels/word-counts.ts';
import type { Address } from '../model/address.ts';
import { cellAbsent, type TrackCells, wordKinds } from '../model/cell-map.ts';
import type { WindowPages } from './captured-window.ts';
import type { DumpLane } from './scan-window.ts';

/** The cells' state for one dump. */
export interface CellLane {
  readonly rules: WordRules;
  /** Where the kernels write, by page: counts of words, or codes of cells that are smaller than a page. */
  readonly place: Place;
  /** The same place. */
  readonly counts: Uint32Array;
  readonly codes: Uint8Array;
  /** Of the cell at hand, when it is larger than a page: its index, -1 when there is none, and its words. */
  readonly open: { index: number; readonly counts: Float64Array };
}

export function newOpenCell(): CellLane['open'] {
  return { index: -1, counts: newWordCounts() };
}

/** Bytes that the kernels write about a page. */
export function cellRoom(pageBytes: number, bytesPerCell: number): number {
  return bytesPerCell < pageBytes ? pageBytes / bytesPerCell : 4 * wordKinds.length;
}

interface CellTask {
  readonly cells: TrackCells;
  readonly bytesPerCell: number;
  readonly pages: WindowPages;
}

/** Writes down the cells of the window that is in the lanes; its facts must be there. */
export function drawWindow(
  kernels: PageKernels,
  lanes: readonly DumpLane[],
  cellLanes: readonly CellLane[],
  task: CellTask,
): void {
  for (const [index, lane] of lanes.entries()) {
    if (lane.held === 0) continue;
    const { place, rules } = cellLanes[index]!;
    const before = cellLanes[index - 1]?.place ?? 0;
    const window = { ...lane.window, pages: task.pages.count };
    const target = task.cells.cells[index]!;
    if (task.bytesPerCell < lane.pageBytes) {
      kernels.kindCells(window, rules, task.bytesPerCell, place, before);
      copyCodes(lane, cellLanes[index]!, target, task);
    } else {
      kernels.kindCounts(window, rules, place, before);
      addToCells(lane, cellLanes[index]!, target, task);
    }
  }
}

function copyCodes(lane: DumpLane, { codes }: CellLane, target: Uint8Array, task: CellTask): void {
  const { pageBytes, capturedOfPage } = lane;
  const { bytesPerCell, pages, cells } = task;
  const perPage = pageBytes / bytesPerCell;
  for (let run = 0; run < pages.runCount; run++) {
    const first = pages.firsts[run]!;
    const behind = pages.firsts[run + 1]!;
    // Of the run's first page, were all pages before it in the window part of it.
    const origin = (pages.starts[run]! - cells.start) / bytesPerCell - first * perPage;
    const isWhole = (page: number) =>
      capturedOfPage[page] === pageBytes &&
      origin + page * perPage >= 0 &&
      origin + (page + 1) * perPage <= target.length;
    for (let page = first; page < behind; ) {
      let end = page;
      while (end < behind && isWhole(end)) end++;
      if (end > page) target.set(codes.subarray(page * perPage, end * perPage), origin + page * perPage);
      else if (capturedOfPage[end++]! > 0)
        copyHeld(lane, codes, target, { ...task, page, start: pages.starts[run]! + (page - first) * pageBytes });
      page = end;
    }
  }
}

/** A page that is captured in part, or lies beyond the track: what the file does not hold stays absent. */
function copyHeld(
  lane: DumpLane,
  codes: Uint8Array,
  target: Uint8Array,
  { cells, bytesPerCell, page, start }: CellTask & { readonly page: number; readonly start: Address },
): void {
  const perPage = lane.pageBytes / bytesPerCell;
  const first = (start - cells.start) / bytesPerCell;
  const isWhole = lane.capturedOfPage[page] === lane.pageBytes;
  for (let cell = 0; cell < perPage; cell++) {
    const at = first + cell;
    if (at < 0 || at >= target.length) continue;
    const isHeld = isWhole || lane.memory.capturedBytesFrom(start - lane.shift + cell * bytesPerCell, 1) > 0;
    target[at] = isHeld ? codes[page * perPage + cell]! : cellAbsent;
  }
}

/** A cell of several pages is added up until the scan leaves it. */
function addToCells(lane: DumpLane, { open, counts }: CellLane, target: Uint8Array, task: CellTask): void {
  const { pages, cells, bytesPerCell } = task;
  for (let run = 0; run < pages.runCount; run++) {
    const first = pages.firsts[run]!;
    for (let page = first; page < pages.firsts[run + 1]!; page++) {
      if (lane.capturedOfPage[page] === 0) continue;
      const at = Math.floor((pages.starts[run]! + (page - first) * lane.pageBytes - cells.start) / bytesPerCell);
      if (at !== open.index) {
        finishCell(open, target);
        open.index = at;
        open.counts.fill(0);
      }
      for (let kind = 0; kind < wordKinds.length; kind++) open.counts[kind]! += counts[page * wordKinds.length + kind]!;
    }
  }
}

/** Writes down the cell that was being added up, if any. */
export function finishCell(open: CellLane['open'], target: Uint8Array): void {
  if (open.index >= 0 && open.index < target.length) target[open.index] = cellOfCounts(open.counts);
  open.index = -1;
}
