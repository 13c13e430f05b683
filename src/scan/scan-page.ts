// One page of one track in all dumps: what it holds, what became of it since the dump before, and its cells.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { cellAbsent, type TrackCells } from '../model/cell-map.ts';
import { pageFlags, type TrackPages } from '../model/page-map.ts';
import type { PointerTest } from '../model/word-kind.ts';
import type { WindowBuffer } from './captured-window.ts';
import { cellOfCounts, countWordKinds, zeroBytesIndex } from './classify-words.ts';
import type { TrackMeasure } from './track-measure.ts';

/** The scan's state for one dump. */
export interface DumpLane {
  readonly memory: Memory;
  readonly buffer: WindowBuffer;
  readonly isPointer: PointerTest;
  /** Of the page at hand; the next dump's lane takes it over when the page did not change. */
  readonly page: { captured: number; isZero: boolean; readonly counts: Float64Array };
  /** Counts of the cell at hand, and its index, -1 when none is. */
  readonly cell: { index: number; readonly counts: Float64Array };
}

export interface PageScanner {
  readonly lanes: readonly DumpLane[];
  readonly pageBytes: number;
  readonly bytesPerCell: number;
  readonly bytesPerPage: number;
  readonly zeroPage: Uint8Array;
}

export interface PageTask {
  readonly measure: TrackMeasure;
  /** Undefined when the track is not drawn. */
  readonly cells: TrackCells | undefined;
  readonly pages: TrackPages | undefined;
  /** Index in the window. */
  readonly page: number;
  readonly address: Address;
}

export function scanPage(scanner: PageScanner, task: PageTask): void {
  const { lanes, pageBytes } = scanner;
  for (let index = 0; index < lanes.length; index++) scanPageOfDump(scanner, task, index);
  const first = lanes[0]!.page;
  const last = lanes[lanes.length - 1]!.page;
  const heldNothing = first.captured === 0 || first.isZero;
  if (heldNothing && last.captured > 0 && !last.isZero) addToRuns(task.measure.grownRuns, task.address, pageBytes);
}

function addToRuns(runs: { start: Address; end: Address }[], address: Address, pageBytes: number): void {
  const last = runs.at(-1);
  if (last && last.end === address) last.end = address + pageBytes;
  else runs.push({ start: address, end: address + pageBytes });
}

function scanPageOfDump(scanner: PageScanner, task: PageTask, index: number): void {
  const { pageBytes } = scanner;
  const { measure } = task;
  const lane = scanner.lanes[index]!;
  const before = scanner.lanes[index - 1];
  const captured = lane.buffer.capturedOfPage[task.page]!;
  lane.page.captured = captured;
  lane.page.isZero = false;
  if (captured === 0) return;
  measure.capturedBytes[index]! += captured;
  const bytes = pageOf(lane, task, pageBytes);
  const isSame =
    before !== undefined &&
    before.page.captured === captured &&
    Buffer.compare(bytes, pageOf(before, task, pageBytes)) === 0;
  const became = before && (isSame ? 'unchanged' : before.page.captured > 0 ? 'changed' : 'new');
  if (became) measure[`${became}Bytes`][index]! += captured;
  if (isSame) {
    lane.page.isZero = before.page.isZero;
    lane.page.counts.set(before.page.counts);
    copyCells(scanner, task, index);
  } else {
    lane.page.isZero = bytes[0] === 0 && Buffer.compare(bytes, scanner.zeroPage) === 0;
    countPage(scanner, task, index);
  }
  // Bytes that are not captured stand as zero in the window.
  measure.zeroBytes[index]! += lane.page.counts[zeroBytesIndex]! - (pageBytes - captured);
  if (!lane.page.isZero) measure.populatedBytes[index]! += captured;
  if (task.pages) {
    const page = Math.floor((task.address - task.pages.start) / scanner.bytesPerPage);
    const holds = lane.page.isZero ? pageFlags.zero : pageFlags.populated;
    task.pages.pages[index]![Math.max(0, page)]! |= holds | (became ? pageFlags[became] : 0);
  }
}

function pageOf(lane: DumpLane, task: PageTask, pageBytes: number): Uint8Array {
  return lane.buffer.bytes.subarray(task.page * pageBytes, (task.page + 1) * pageBytes);
}

/** Counts the page's words; cells smaller than a page are counted one by one and add up to the page. */
function countPage(scanner: PageScanner, task: PageTask, index: number): void {
  const { pageBytes, bytesPerCell } = scanner;
  const lane = scanner.lanes[index]!;
  const { counts } = lane.page;
  const wide = lane.memory.dump.pointerSize === 8;
  const first = (task.page * pageBytes) >>> 2;
  counts.fill(0);
  if (lane.page.isZero) {
    counts[0] = pageBytes / lane.memory.dump.pointerSize;
    counts[zeroBytesIndex] = pageBytes;
    fillCells(scanner, task, index);
  } else if (!task.cells || bytesPerCell >= pageBytes) {
    countWordKinds(lane.buffer.words, first, first + (pageBytes >>> 2), wide, lane.isPointer, counts);
    if (task.cells) addToCell(scanner, task, index);
  } else {
    const cell = lane.cell.counts;
    for (let offset = 0; offset < pageBytes; offset += bytesPerCell) {
      const from = first + (offset >>> 2);
      cell.fill(0);
      countWordKinds(lane.buffer.words, from, from + (bytesPerCell >>> 2), wide, lane.isPointer, cell);
      for (let kind = 0; kind < counts.length; kind++) counts[kind]! += cell[kind]!;
      setCell(scanner, task, { index, offset, code: cellOfCounts(cell) });
    }
  }
}

/** A page of zeros: all its cells are. */
function fillCells(scanner: PageScanner, task: PageTask, index: number): void {
  const { pageBytes, bytesPerCell } = scanner;
  if (!task.cells) return;
  if (bytesPerCell >= pageBytes) addToCell(scanner, task, index);
  else
    for (let offset = 0; offset < pageBytes; offset += bytesPerCell) setCell(scanner, task, { index, offset, code: 0 });
}

function copyCells(scanner: PageScanner, task: PageTask, index: number): void {
  const { pageBytes, bytesPerCell } = scanner;
  const { cells } = task;
  if (!cells) return;
  if (bytesPerCell >= pageBytes) {
    addToCell(scanner, task, index);
    return;
  }
  const first = Math.max(0, (task.address - cells.start) / bytesPerCell);
  const end = (task.address + pageBytes - cells.start) / bytesPerCell;
  cells.cells[index]!.set(cells.cells[index - 1]!.subarray(first, end), first);
}

function setCell(
  scanner: PageScanner,
  task: PageTask,
  { index, offset, code }: { readonly index: number; readonly offset: number; readonly code: number },
): void {
  const cells = task.cells!;
  const target = cells.cells[index]!;
  const at = (task.address + offset - cells.start) / scanner.bytesPerCell;
  if (at < 0 || at >= target.length) return;
  const lane = scanner.lanes[index]!;
  // A page that is captured in part: what the file does not hold stays absent.
  const isHeld =
    lane.page.captured === scanner.pageBytes || lane.memory.capturedBytesFrom(task.address + offset, 1) > 0;
  target[at] = isHeld ? code : cellAbsent;
}

/** A cell of several pages is added up until the scan leaves it. */
function addToCell(scanner: PageScanner, task: PageTask, index: number): void {
  const lane = scanner.lanes[index]!;
  const cells = task.cells!;
  const at = Math.floor((task.address - cells.start) / scanner.bytesPerCell);
  if (at !== lane.cell.index) {
    finishCell(lane, cells.cells[index]!);
    lane.cell.index = at;
    lane.cell.counts.fill(0);
  }
  const { counts } = lane.page;
  for (let kind = 0; kind < counts.length; kind++) lane.cell.counts[kind]! += counts[kind]!;
}

/** Writes down the cell that was being added up, if any. */
export function finishCell(lane: DumpLane, target: Uint8Array): void {
  const { cell } = lane;
  if (cell.index >= 0 && cell.index < target.length) target[cell.index] = cellOfCounts(cell.counts);
  cell.index = -1;
}
