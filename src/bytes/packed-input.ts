import type { ByteSource } from './byte-source.ts';

/** Unpacks data that comes in pieces. Yields what can be unpacked, then throws if the data is cut off or damaged. */
export type Unpack = (packed: Iterable<Uint8Array>) => AsyncGenerator<Uint8Array> | Generator<Uint8Array>;

/** Packed data that ends before it should, or can't be unpacked. The message says why, in a few words. */
export class DamagedDataError extends Error {}

/** The bytes of a source in pieces. `onRead` is told how many bytes have been read so far. */
export function* readPieces(
  source: ByteSource,
  pieceSize: number,
  onRead: (bytes: number) => void = () => {},
): Generator<Uint8Array> {
  for (let offset = 0; offset < source.size; ) {
    // Each piece has its own bytes: unpackers keep them beyond the next step.
    const piece = new Uint8Array(Math.min(pieceSize, source.size - offset));
    const got = source.read(offset, piece);
    if (got === 0) return;
    offset += got;
    onRead(offset);
    yield piece.subarray(0, got);
  }
}

/** A cursor over data that comes in pieces. Throws DamagedDataError where the data ends too early. */
export interface PieceReader {
  isAtEnd(): boolean;
  /** Little endian. */
  u32(): number;
  /** The caller must have bounded `length`. Valid until the next read. */
  bytes(length: number): Uint8Array;
  skip(length: number): void;
}

/** See PieceReader. */
export function createPieceReader(packed: Iterable<Uint8Array>): PieceReader {
  const pieces = packed[Symbol.iterator]();
  let piece: Uint8Array = new Uint8Array(0);
  let at = 0;

  function isAtEnd(): boolean {
    while (at === piece.length) {
      const step = pieces.next();
      if (step.done) return true;
      piece = step.value;
      at = 0;
    }
    return false;
  }

  /** The next bytes that stand in one piece, `length` at most. */
  function take(length: number): Uint8Array {
    if (length > 0 && isAtEnd()) throw new DamagedDataError('it ends too early');
    const part = piece.subarray(at, at + length);
    at += part.length;
    return part;
  }

  function bytes(length: number): Uint8Array {
    const first = take(length);
    if (first.length === length) return first;
    const whole = new Uint8Array(length);
    whole.set(first);
    for (let done = first.length; done < length; ) {
      const part = take(length - done);
      whole.set(part, done);
      done += part.length;
    }
    return whole;
  }

  return {
    isAtEnd,
    bytes,
    u32() {
      const [a, b, c, d] = bytes(4);
      return (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0;
    },
    skip(length) {
      for (let done = 0; done < length; ) done += take(length - done).length;
    },
  };
}
