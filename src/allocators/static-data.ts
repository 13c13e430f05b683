import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { Dump, MemoryRegion } from '../model/dump.ts';
import { capturedRuns, type MemoryRange } from './captured-runs.ts';

/** Zeroed data directly behind an image; what is larger is a heap that happens to follow. */
const largestContinuation = 64 << 20;

/** Where no region is known to be an image, static data may stand in any private region that is not large. */
const largestUnnamed = 16 << 20;
const unnamedBudget = 256 << 20;

/**
 * Where allocators keep their roots. Each piece is one image's data with the anonymous memory that continues it
 * without a gap, as the loader maps it.
 */
export function staticDataOf(memory: Memory): Iterable<MemoryRange> {
  const { regions } = memory.dump;
  const pieces: { start: Address; end: Address; imageEnd: Address }[] = [];
  for (const region of regions) {
    if (!region.writable) continue;
    const last = pieces.at(-1);
    const adjacent = last?.end === region.start;
    if (isImage(region)) {
      if (adjacent) Object.assign(last, { end: region.end, imageEnd: region.end });
      else pieces.push({ start: region.start, end: region.end, imageEnd: region.end });
    } else if (adjacent && region.end - last.imageEnd <= largestContinuation) {
      last.end = region.end;
    }
  }
  return pieces.length > 0 ? pieces : smallPrivateRegions(regions);
}

/** A program's data may be taken for a file like any other; but then it is not large. */
function isImage({ kind, start, end }: MemoryRegion): boolean {
  return kind === 'image' || (kind === 'mapped-file' && end - start <= largestUnnamed);
}

function* smallPrivateRegions(regions: Iterable<MemoryRegion>): Generator<MemoryRange, void> {
  let budget = unnamedBudget;
  for (const { writable, kind, start, end } of regions) {
    if (!writable || kind === 'stack' || end - start > largestUnnamed) continue;
    budget -= end - start;
    if (budget < 0) return;
    yield { start, end };
  }
}

/** Bytes read at a time. */
const pieceBytes = 1 << 18;

/** Kept from call to call: some dumps have a hundred thousand small ranges. */
let pieceBuffer = Buffer.alloc(0);

/** A piece of captured memory, and the range that it is of. */
interface Piece {
  readonly start: Address;
  readonly size: number;
  readonly range: MemoryRange;
}

/** Told words and the address of the first, which is in the range; ends the reading by returning true. */
type OnWords = (words: Uint32Array, address: Address, range: MemoryRange) => boolean | undefined;

/**
 * Reads what was captured of ranges, in pieces, as 32-bit words of the machine's order; each piece holds `overlap`
 * bytes of what follows it, so that nothing is cut. Pages of zeros are left out, but for `overlap` bytes before and
 * behind others: what is looked for has a word that is not zero among its first `overlap` bytes, or as its first.
 * One buffer is used for all: what is kept must be copied, and `visit` reads no words in its turn.
 */
export function readWords(memory: Memory, ranges: Iterable<MemoryRange>, overlap: number, visit: OnWords): void {
  if (pieceBuffer.length < pieceBytes + overlap) pieceBuffer = Buffer.from(new ArrayBuffer(pieceBytes + overlap));
  const bytes = pieceBuffer.subarray(0, pieceBytes + overlap);
  // Small pieces are read together.
  let pieces: Piece[] = [];
  let filled = 0;
  const visitAll = () => {
    const isOver = visitPieces(memory, pieces, { bytes: bytes.subarray(0, filled), overlap, visit });
    pieces = [];
    filled = 0;
    return isOver;
  };
  for (const { start, end, range } of capturedRuns(memory.dump, ranges)) {
    for (let at = start; at < end; at += pieceBytes) {
      const size = Math.min(bytes.length, end - at);
      // Words begin at multiples of their size.
      if ((filled + size > bytes.length || filled % 4 !== 0) && visitAll()) return;
      pieces.push({ start: at, size, range });
      filled += size;
    }
  }
  visitAll();
}

/** True where the visitor has ended it. */
function visitPieces(
  memory: Memory,
  pieces: readonly Piece[],
  { bytes, overlap, visit }: { readonly bytes: Buffer; readonly overlap: number; readonly visit: OnWords },
): boolean {
  const starts = pieces.map(({ start }) => start);
  const sizes = pieces.map(({ size }) => size);
  let left = memory.readEach(starts, sizes, bytes);
  let from = 0;
  for (const { start, size, range } of pieces) {
    const piece = bytes.subarray(from, from + size);
    const got = left >= size ? size : memory.read(start, piece);
    left -= size;
    from += size;
    for (const part of filledParts(piece, got, overlap)) {
      const words = new Uint32Array(piece.buffer, piece.byteOffset + part.start, (part.end - part.start) >>> 2);
      if (visit(words, start + part.start, range) === true) return true;
    }
  }
  return false;
}

const pageBytes = 4096;
const zeroPage = Buffer.alloc(pageBytes);

/** Pages with anything in them and `margin` bytes on either side, neighbours joined. */
function* filledParts(bytes: Buffer, length: number, margin: number): Generator<MemoryRange, void> {
  const before = Math.ceil(margin / 8) * 8;
  let start = 0;
  let end = -1;
  for (let page = 0; page < length; page += pageBytes) {
    const pageEnd = Math.min(length, page + pageBytes);
    if (bytes.compare(zeroPage, 0, pageEnd - page, page, pageEnd) === 0) continue;
    if (page - before > end) {
      if (end > 0) yield { start, end };
      start = Math.max(0, page - before);
    }
    end = Math.min(length, pageEnd + margin);
  }
  if (end > 0) yield { start, end };
}

/** 64 bits that stand at `index`, as an address; NaN for what is none in user space. */
export function addressIn(words: Uint32Array, index: number): Address {
  const high = words[index + 1]!;
  return high > 0x1ffffff ? Number.NaN : high * 4294967296 + words[index]!;
}

/** By the upper half of 48-bit addresses, whether anything was captured there: most numbers are no address at all. */
export function capturedHalves({ captured }: Dump): Uint8Array {
  const halves = new Uint8Array(1 << 16);
  for (const { start, size } of captured) {
    // The upper half of the address space is the kernel's.
    if (start < 0) continue;
    halves.fill(1, Math.floor(start / 2 ** 32), Math.floor((start + size - 1) / 2 ** 32) + 1);
  }
  return halves;
}
