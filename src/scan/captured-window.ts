// Brings a window of one track's addresses into memory, and says which of its bytes are really captured.
import type { Memory } from '../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { TrackPresence } from '../model/track.ts';

/** Part of a track that one dump holds. */
interface Stretch {
  readonly start: Address;
  readonly end: Address;
}

/** First captured stretch of the track in this dump that ends behind `from`; undefined when there is none. */
export function nextCaptured(memory: Memory, presence: TrackPresence, from: Address): Stretch | undefined {
  const { captured } = memory.dump;
  const { pieces } = presence;
  let piece = Math.max(0, lastStartingAtOrBelow(pieces, from));
  let range = Math.max(0, lastStartingAtOrBelow(captured, Math.max(from, pieces.at(piece)!.start)));
  while (piece < pieces.length && range < captured.length) {
    const own = pieces.at(piece)!;
    const held = captured.at(range)!;
    const pieceEnd = own.end;
    const rangeEnd = held.start + held.size;
    const start = Math.max(from, own.start, held.start);
    const end = Math.min(pieceEnd, rangeEnd);
    if (start < end) return { start, end };
    if (pieceEnd <= rangeEnd) piece++;
    else range++;
  }
  return undefined;
}

/** Room for one window of one dump. */
export interface WindowBuffer {
  readonly bytes: Uint8Array;
  /** Captured bytes of each page. */
  readonly capturedOfPage: Uint32Array;
  readonly pageBytes: number;
}

/**
 * Fills the window from `start` on; bytes that are not captured are set to zero and not counted in capturedOfPage.
 * Returns the captured bytes.
 */
export function fillWindow(
  buffer: WindowBuffer,
  memory: Memory,
  presence: TrackPresence,
  { start, end }: { readonly start: Address; readonly end: Address },
): number {
  const { bytes, capturedOfPage, pageBytes } = buffer;
  capturedOfPage.fill(0, 0, Math.ceil((end - start) / pageBytes));
  let total = 0;
  let filled = 0;
  for (let at = start; at < end; ) {
    const stretch = nextCaptured(memory, presence, at);
    if (!stretch || stretch.start >= end) break;
    const from = stretch.start - start;
    const wanted = Math.min(stretch.end, end) - stretch.start;
    if (from > filled) bytes.fill(0, filled, from);
    const got = memory.read(stretch.start, bytes.subarray(from, from + wanted));
    if (got < wanted) bytes.fill(0, from + got, from + wanted);
    countCaptured(capturedOfPage, from, from + got, pageBytes);
    total += got;
    filled = from + wanted;
    at = stretch.start + wanted;
  }
  if (total > 0) bytes.fill(0, filled, end - start);
  return total;
}

function countCaptured(capturedOfPage: Uint32Array, from: number, to: number, pageBytes: number): void {
  for (let at = from; at < to; ) {
    const page = Math.floor(at / pageBytes);
    const pageEnd = Math.min(to, (page + 1) * pageBytes);
    capturedOfPage[page]! += pageEnd - at;
    at = pageEnd;
  }
}
