import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { MemoryRegion } from '../model/dump.ts';
import type { List } from '../model/list.ts';
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
export function staticDataOf(memory: Memory): MemoryRange[] {
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

function smallPrivateRegions(regions: List<MemoryRegion>): MemoryRange[] {
  let budget = unnamedBudget;
  return regions.filter(({ writable, kind, start, end }) => {
    if (!writable || kind === 'stack' || end - start > largestUnnamed) return false;
    budget -= end - start;
    return budget >= 0;
  });
}

/** Bytes read at a time. */
const pieceBytes = 1 << 18;

/** Kept from call to call: some dumps have a hundred thousand small ranges. */
let pieceBuffer = Buffer.alloc(0);

/**
 * Reads what was captured of a range, in pieces, as 32-bit words of the machine's order; each piece holds `overlap`
 * bytes of what follows it, so that nothing is cut. Pages of zeros are left out, but for `overlap` bytes before and
 * behind others: what is looked for has a word that is not zero among its first `overlap` bytes, or as its first.
 * `visit` is told the words and the address of the first; it ends the reading by returning true. One buffer is used for
 * all: what is kept must be copied, and `visit` reads no words in its turn.
 */
export function readWords(
  memory: Memory,
  range: MemoryRange,
  overlap: number,
  visit: (words: Uint32Array, address: Address) => boolean | undefined,
): void {
  if (pieceBuffer.length < pieceBytes + overlap) pieceBuffer = Buffer.from(new ArrayBuffer(pieceBytes + overlap));
  const bytes = pieceBuffer.subarray(0, pieceBytes + overlap);
  for (const run of capturedRuns(memory.dump, range)) {
    for (let at = run.start; at < run.end; at += pieceBytes) {
      const got = memory.read(at, bytes.subarray(0, Math.min(bytes.length, run.end - at)));
      for (const { start, end } of filledParts(bytes, got, overlap)) {
        if (visit(new Uint32Array(bytes.buffer, start, (end - start) >>> 2), at + start) === true) return;
      }
    }
  }
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
