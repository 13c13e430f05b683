// Bytes of a candidate, read by offset from its first one; the work done on candidates is limited as a whole.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';

/**
 * How many bytes may still be looked at behind signatures. Hostile memory can hold millions of headers that all claim the
 * same gigabyte; each is cheap to write and dear to check.
 */
export interface ReadBudget {
  left: number;
}

/** False when it is used up, from then on. */
export function spend(budget: ReadBudget, bytes: number): boolean {
  budget.left = budget.left < bytes ? 0 : budget.left - bytes;
  return budget.left > 0;
}

/** Captured memory from one address on. */
export interface ImageBytes {
  /** Bytes on end that the dump holds, at most `largestImage`. */
  readonly size: number;
  /** `count` bytes at `offset`; undefined where the dump does not hold them all, or the budget is used up. */
  view(offset: number, count: number): DataView | undefined;
}

/** Nobody keeps a larger file of one image in memory; what claims to be larger lies. */
export const largestImage = 256 << 20;

export function imageBytesAt(memory: Memory, address: Address, budget: ReadBudget): ImageBytes {
  const size = memory.capturedBytesFrom(address, largestImage);
  return {
    size,
    view(offset, count) {
      if (offset + count > size || !spend(budget, count)) return undefined;
      const bytes = new Uint8Array(count);
      return memory.read(address + offset, bytes) === count ? new DataView(bytes.buffer) : undefined;
    },
  };
}

const pieceBytes = 1 << 14;

/** Reads forward byte by byte. */
export interface ByteCursor {
  /** Offset of the byte that comes next. */
  readonly offset: number;
  /** The next byte, or -1 where there is none. */
  next(): number;
  skip(count: number): void;
}

export function cursorAt(bytes: ImageBytes, start: number): ByteCursor {
  let pieceStart = start;
  let piece: DataView | undefined;
  let at = start;
  return {
    get offset() {
      return at;
    },
    next() {
      if (piece === undefined || at < pieceStart || at >= pieceStart + piece.byteLength) {
        const count = Math.min(pieceBytes, bytes.size - at);
        piece = count > 0 ? bytes.view(at, count) : undefined;
        pieceStart = at;
        if (piece === undefined) return -1;
      }
      return piece.getUint8(at++ - pieceStart);
    },
    skip(count) {
      at += count;
    },
  };
}

/** Pieces of `[from, to)` in order; ends early where the dump holds no more. */
export function* piecesOf(bytes: ImageBytes, from: number, to: number): Generator<Uint8Array> {
  for (let at = from; at < to; at += pieceBytes) {
    const view = bytes.view(at, Math.min(pieceBytes, to - at));
    if (view === undefined) return;
    yield new Uint8Array(view.buffer);
  }
}
