import type { ByteSource } from './byte-source.ts';

/** Unpacks data that comes in pieces. Yields what can be unpacked, then throws if the data is cut off or damaged. */
export type Unpack = (packed: Iterable<Uint8Array>) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Where packed data stands in a file, and how to unpack it. */
export interface PackedPart {
  readonly start: number;
  /** Bytes; may run over the end of the file. */
  readonly size: number;
  readonly unpack: Unpack;
  /** What it unpacks to, where the file says so. */
  readonly unpackedSize: number | undefined;
  /** What is known to be wrong with it before it is unpacked. */
  readonly damage: string | undefined;
}

/** Packed data that ends before it should, or can't be unpacked. The message says why, in a few words. */
export class DamagedDataError extends Error {}

/** The bytes of a part of a source in pieces. `onRead` is told where in the source the last one ended. */
export function* readPieces(
  source: ByteSource,
  { start, size }: Pick<PackedPart, 'start' | 'size'>,
  pieceSize: number,
  onRead: (offset: number) => void = () => {},
): Generator<Uint8Array> {
  const end = Math.min(source.size, start + size);
  for (let offset = start; offset < end; ) {
    // Each piece has its own bytes: unpackers keep them beyond the next step.
    const piece = new Uint8Array(Math.min(pieceSize, end - offset));
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
  u8(): number;
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
    u8() {
      if (isAtEnd()) throw new DamagedDataError('it ends too early');
      at += 1;
      return piece[at - 1]!;
    },
    u32() {
      const [a, b, c, d] = bytes(4);
      return (a! | (b! << 8) | (c! << 16) | (d! << 24)) >>> 0;
    },
    skip(length) {
      for (let done = 0; done < length; ) done += take(length - done).length;
    },
  };
}
