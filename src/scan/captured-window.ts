// Gathers what dumps have captured of one track, page by page, in windows: what no dump has takes no room in them.
import type { Memory } from '../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';
import type { TrackPresence } from '../model/track.ts';

/** Goes forward through what one dump has captured of a track, stretch by stretch, in the track's addresses. */
export interface CapturedCursor {
  /** Of the stretch at hand; infinite when there are no more. */
  start: Address;
  /** Exclusive. */
  end: Address;
  /** Goes to the first stretch that ends behind the address, if that is not behind it already. */
  skipTo(address: Address): void;
}

export function newCapturedCursor(memory: Memory, presence: TrackPresence | null): CapturedCursor {
  const cursor: CapturedCursor = { start: Number.NEGATIVE_INFINITY, end: Number.NEGATIVE_INFINITY, skipTo };
  let piece = -1;
  let range = -1;

  function skipTo(address: Address): void {
    if (cursor.end > address) return;
    cursor.start = Number.POSITIVE_INFINITY;
    cursor.end = Number.POSITIVE_INFINITY;
    if (presence === null) return;
    const { captured } = memory.dump;
    const { pieces, shift } = presence;
    const from = address - shift;
    if (piece < 0) {
      piece = Math.max(0, lastStartingAtOrBelow(pieces, from));
      range = Math.max(0, lastStartingAtOrBelow(captured, Math.max(from, pieces.at(piece)!.start)));
    }
    while (piece < pieces.length && range < captured.length) {
      const own = pieces.at(piece)!;
      const held = captured.at(range)!;
      const heldEnd = held.start + held.size;
      const end = Math.min(own.end, heldEnd);
      const start = Math.max(own.start, held.start);
      if (start < end && end > from) {
        cursor.start = start + shift;
        cursor.end = end + shift;
        return;
      }
      if (own.end <= heldEnd) piece++;
      else range = rangeBehind(captured, range, own.start);
    }
  }

  return cursor;
}

/** The next range, or the one that holds the address where that is further on: other tracks' may lie between. */
function rangeBehind(captured: Dump['captured'], range: number, address: Address): number {
  const next = captured.at(range + 1);
  const isNear = next === undefined || next.start + next.size > address;
  return isNear ? range + 1 : lastStartingAtOrBelow(captured, address);
}

/** Pages of a window: those that any dump has captured bytes of, one after the other; without a gap they are one run. */
export interface WindowPages {
  readonly room: number;
  count: number;
  runCount: number;
  /** Of each run the address of its first page, in the track; ascending. */
  readonly starts: Float64Array;
  /** Of each run the index of its first page, and then the count of pages. */
  readonly firsts: Uint32Array;
}

/** @param room for pages */
export function newWindowPages(room: number): WindowPages {
  return { room, count: 0, runCount: 0, starts: new Float64Array(room), firsts: new Uint32Array(room + 1) };
}

/**
 * The next pages from `from` on, as many as there is room for, and none that begins at or behind `end`. Returns the end
 * of the last one.
 */
export function gatherPages(
  pages: WindowPages,
  cursors: readonly CapturedCursor[],
  { from, end, pageBytes }: { readonly from: Address; readonly end: Address; readonly pageBytes: number },
): Address {
  const { room, starts, firsts } = pages;
  let count = 0;
  let runCount = 0;
  let at = from;
  for (let runEnd = Number.NaN; count < room; runEnd = at) {
    let start = Number.POSITIVE_INFINITY;
    let stop = 0;
    for (const cursor of cursors) {
      cursor.skipTo(at);
      if (cursor.start >= start) continue;
      start = cursor.start;
      stop = cursor.end;
    }
    if (start >= end) break;
    const first = Math.floor(Math.max(start, at) / pageBytes) * pageBytes;
    if (first !== runEnd) {
      starts[runCount] = first;
      firsts[runCount++] = count;
    }
    const own = Math.min(room - count, Math.ceil((Math.min(stop, end) - first) / pageBytes));
    count += own;
    at = first + own * pageBytes;
  }
  firsts[runCount] = count;
  pages.count = count;
  pages.runCount = runCount;
  return at;
}

/** Room for one window of one dump. */
export interface WindowBuffer {
  readonly bytes: Uint8Array;
  /** Captured bytes of each page. */
  readonly capturedOfPage: Uint32Array;
  readonly pageBytes: number;
}

/**
 * Fills the window's pages; bytes of them that are not captured are set to zero and not counted in capturedOfPage.
 * Returns the captured bytes.
 * @param cursor at or before the first page
 * @param shift from the dump's own addresses to the track's
 */
export function fillWindow(
  buffer: WindowBuffer,
  memory: Memory,
  cursor: CapturedCursor,
  { pages, shift }: { readonly pages: WindowPages; readonly shift: number },
): number {
  const { bytes, capturedOfPage, pageBytes } = buffer;
  const { count, runCount, starts, firsts } = pages;
  capturedOfPage.fill(0, 0, count);
  const next: Stretches = { starts: [], sizes: [] };
  let total = 0;
  /** Bytes up to `from` are there; those up to `to` are still to be read. */
  let from = 0;
  let to = 0;
  const readOn = () => {
    total += readStretches(buffer, memory, next, from, to);
    next.starts.length = next.sizes.length = 0;
  };
  for (let run = 0; run < runCount; run++) {
    const first = firsts[run]!;
    const runStart = starts[run]!;
    const runEnd = runStart + (firsts[run + 1]! - first) * pageBytes;
    for (cursor.skipTo(runStart); cursor.start < runEnd; cursor.skipTo(cursor.end)) {
      const at = Math.max(cursor.start, runStart);
      const place = first * pageBytes + (at - runStart);
      const size = Math.min(cursor.end, runEnd) - at;
      if (place > to) {
        readOn();
        bytes.fill(0, to, place);
        from = place;
      }
      next.starts.push(at - shift);
      next.sizes.push(size);
      to = place + size;
      addCaptured(buffer, place, to);
      if (cursor.end > runEnd) break;
    }
  }
  if (to === 0) return 0;
  readOn();
  bytes.fill(0, to, count * pageBytes);
  return total;
}

function addCaptured({ capturedOfPage, pageBytes }: WindowBuffer, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const page = Math.floor(at / pageBytes);
    const whole = Math.floor(to / pageBytes);
    if (at === page * pageBytes && whole > page) {
      capturedOfPage.fill(pageBytes, page, whole);
      at = whole * pageBytes;
      continue;
    }
    const end = Math.min(to, (page + 1) * pageBytes);
    capturedOfPage[page]! += end - at;
    at = end;
  }
}

/** In the dump's own addresses. */
interface Stretches {
  readonly starts: Address[];
  readonly sizes: number[];
}

/** Fills the buffer with captured stretches, one behind the other; returns how many bytes could be read. */
function readStretches(
  buffer: WindowBuffer,
  memory: Memory,
  { starts, sizes }: Stretches,
  from: number,
  to: number,
): number {
  const got = memory.readEach(starts, sizes, buffer.bytes.subarray(from, to));
  if (got === to - from) return got;
  // A file that has become shorter: what is still there is found stretch by stretch.
  let total = 0;
  let at = from;
  for (const [index, size] of sizes.entries()) {
    const own = memory.read(starts[index]!, buffer.bytes.subarray(at, at + size));
    forget(buffer, at + own, at + size);
    total += own;
    at += size;
  }
  return total;
}

/** What could not be read counts as not captured. */
function forget({ bytes, capturedOfPage, pageBytes }: WindowBuffer, from: number, to: number): void {
  bytes.fill(0, from, to);
  for (let at = from; at < to; ) {
    const page = Math.floor(at / pageBytes);
    const end = Math.min(to, (page + 1) * pageBytes);
    capturedOfPage[page]! -= end - at;
    at = end;
  }
}
