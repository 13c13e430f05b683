// What makedumpfile -F and QEMU write into a pipe: pieces of a file, each with the place where it belongs.
// Reference: makedumpfile's IMPLEMENTATION, "The flattened format".
import type { ByteSource } from './byte-source.ts';

const signature = [...'makedumpfile\0'].map((letter) => letter.charCodeAt(0));

/** Pieces begin here, each with a header of two numbers, most significant byte first. */
const firstPiece = 4096;
const pieceHeaderSize = 16;

/** Offset of the piece that ends the file. */
const endMark = -1;

/** Pieces are some hundred KiB: enough for more memory than machines have. */
const mostPieces = 1 << 21;

/** Pieces are written over once or twice, when a header is completed at the end. */
const mostOverlaps = 16;

export function isFlattened(head: Uint8Array): boolean {
  return signature.every((byte, index) => head[index] === byte);
}

interface Rearranged {
  readonly source: ByteSource;
  /** What is wrong with the file, if anything; what is left is used. */
  readonly damage: string | undefined;
}

/** The file as it would be had it not been written into a pipe. Nothing is copied; what no piece holds is zero. */
export function rearrange(file: ByteSource): Rearranged {
  const { pieces, damage } = readPieceHeaders(file);
  const parts = layOut(pieces);
  return { damage, source: createPartsSource(parts, file) };
}

interface Piece {
  /** Where it belongs. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Where its bytes stand in the flattened file. */
  readonly fileOffset: number;
}

function readPieceHeaders(file: ByteSource): { readonly pieces: Piece[]; readonly damage: string | undefined } {
  const pieces: Piece[] = [];
  const header = new DataView(new ArrayBuffer(pieceHeaderSize));
  for (let at = firstPiece; pieces.length < mostPieces; ) {
    const fileOffset = at + pieceHeaderSize;
    if (file.read(at, new Uint8Array(header.buffer)) < pieceHeaderSize) {
      return { pieces, damage: 'the flattened file is cut off' };
    }
    const start = Number(header.getBigInt64(0));
    const size = Number(header.getBigInt64(8));
    if (start === endMark) return { pieces, damage: undefined };
    if (start < 0 || size < 0 || start + size > 2 ** 50) {
      return { pieces, damage: 'the flattened file is damaged: a piece of it has an impossible place or size' };
    }
    const held = Math.min(size, file.size - fileOffset);
    if (held > 0) pieces.push({ start, end: start + held, fileOffset });
    if (held < size) return { pieces, damage: 'the flattened file is cut off' };
    at = fileOffset + size;
  }
  return { pieces, damage: 'the flattened file has too many pieces' };
}

/** Sorted parts that do not overlap: of two pieces for one place, the one written later counts. */
function layOut(pieces: readonly Piece[]): Piece[] {
  const sorted = [...pieces].sort((a, b) => a.start - b.start);
  const parts: Piece[] = [];
  let active: Piece[] = [];
  let at = 0;
  const emitUpTo = (limit: number) => {
    while (active.length > 0 && at < limit) {
      const top = active.reduce((best, one) => (one.fileOffset > best.fileOffset ? one : best));
      const end = Math.min(limit, ...active.map((one) => one.end));
      parts.push({ start: at, end, fileOffset: top.fileOffset + (at - top.start) });
      at = end;
      active = active.filter((one) => one.end > at);
    }
  };
  for (const piece of sorted) {
    emitUpTo(piece.start);
    at = piece.start;
    if (active.length === mostOverlaps) active.shift();
    active.push(piece);
  }
  emitUpTo(Number.POSITIVE_INFINITY);
  return parts;
}

function createPartsSource(parts: readonly Piece[], file: ByteSource): ByteSource {
  const size = parts.at(-1)?.end ?? 0;
  return {
    size,
    file: undefined,
    read(offset, into) {
      const wanted = Math.max(0, Math.min(into.length, size - offset));
      let done = 0;
      let index = firstEndingBehind(parts, offset);
      while (done < wanted) {
        const at = offset + done;
        const { start, end, fileOffset } = parts[index]!;
        const until = Math.min(wanted, (at < start ? start : end) - offset);
        if (at < start) into.fill(0, done, until);
        else {
          const got = file.read(fileOffset + (at - start), into.subarray(done, until));
          if (got < until - done) return done + got;
          index += 1;
        }
        done = until;
      }
      return done;
    },
    close: () => file.close(),
  };
}

function firstEndingBehind(parts: readonly Piece[], offset: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (parts[middle]!.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
