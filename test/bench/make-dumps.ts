// Dumps of a process that leaks, as large as one likes: one region, written in pieces.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from '../synth/leaky-process.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { writeMinidump } from '../synth/synth-minidump.ts';

export const contents = ['dense', 'mixed', 'zero'] as const;
export type Content = (typeof contents)[number];
export const formats = ['elf', 'minidump', 'raw'] as const;
export type Format = (typeof formats)[number];

export const regionStart = 0x10000000;
export const dumpCount = 3;

export const pageSize = 4096;
export const pieceBytes = 4 << 20;
/** Share of the pages that are all zero; the rest holds objects, whose words are half zero, or data without any. */
const zeroShares: Readonly<Record<Content, number>> = { dense: 0, mixed: 0.5, zero: 0.96 };
/** Share of the pages that are other in each dump: a process that works writes to some of its memory. */
const changedShare = 0.05;
/** The last part of the region: zero at first, then the leak fills it dump by dump. */
const leakShare = 0.1;
/** A malloc chunk of this many bytes, header included. */
const leakStride = 272;
/** Pages after which blocks begin at the same offset again. */
const leakPages = 17;

/** Bytes of each dump's region, a multiple of the page. Returns the files' paths in capture order. */
export function makeDumps(
  folder: string,
  { content, format, bytes }: { readonly content: Content; readonly format: Format; readonly bytes: number },
): string[] {
  const pages = makePages();
  return Array.from({ length: dumpCount }, (_, dump) => {
    const path = join(folder, `${content}-${dump + 1}.${format === 'minidump' ? 'dmp' : format}`);
    const file = openSync(path, 'w');
    try {
      writeSync(file, headerOf(format, bytes));
      const piece = new Uint8Array(pieceBytes);
      for (let offset = 0; offset < bytes; offset += pieceBytes) {
        const size = Math.min(pieceBytes, bytes - offset);
        fillPiece(piece.subarray(0, size), { content, dump, offset, bytes, pages });
        writeSync(file, piece, 0, size);
      }
    } finally {
      closeSync(file);
    }
    return path;
  });
}

/** What stands before the bytes of the region. */
function headerOf(format: Format, bytes: number): Uint8Array {
  if (format === 'raw') return new Uint8Array();
  return headerOfRegions(format, [{ address: regionStart, fileSize: bytes }]);
}

/** What stands before the bytes of the regions, which follow one after the other. */
export function headerOfRegions(
  format: 'elf' | 'minidump',
  regions: readonly { readonly address: number; readonly fileSize: number }[],
): Uint8Array {
  if (format === 'elf') {
    // e_phnum has 16 bits.
    return writeElfCore({
      segments: regions,
      process: { id: 1, name: 'bench' },
      extendedCount: regions.length >= 0xffff - 1,
    });
  }
  const memoryInfo = regions.map(({ address, fileSize }) => ({ address, size: fileSize }));
  return writeMinidump({ ranges: regions, memoryInfo });
}

interface Pages {
  readonly data: readonly Uint8Array[];
  readonly objects: readonly Uint8Array[];
  readonly leak: Uint8Array;
}

/** Pages to be copied: making each anew would take longer than all else. */
export function makePages(): Pages {
  const random = randomNumbers(1);
  const word = () => Math.floor(random() * 2 ** 32);
  const make = (hasZeros: boolean) => {
    const page = new Uint8Array(pageSize);
    const view = new DataView(page.buffer);
    for (let at = 0; at < pageSize; at += 8) {
      const kind = Math.floor(random() * (hasZeros ? 8 : 4));
      if (kind >= 4) continue;
      if (kind === 0) view.setBigUint64(at, BigInt(regionStart + (word() % 2 ** 24) * 8), true);
      else if (kind === 1) view.setUint32(at, 1 + (word() % 1000), true);
      else if (kind === 2) page.set(Buffer.from('some text'), Math.min(at, pageSize - 9));
      else view.setBigUint64(at, (BigInt(word()) << 32n) | BigInt(word()), true);
    }
    return page;
  };
  const leak = new Uint8Array(leakPages * pageSize);
  const view = new DataView(leak.buffer);
  for (let at = 0; at < leak.length; at += leakStride) {
    view.setUint32(at + 8, leakStride | 1, true);
    view.setBigUint64(at + 16, BigInt(regionStart + 0x1230), true);
    leak.set(Buffer.from('session'), at + 40);
  }
  return {
    data: Array.from({ length: 64 }, () => make(false)),
    objects: Array.from({ length: 64 }, () => make(true)),
    leak,
  };
}

function fillPiece(
  piece: Uint8Array,
  place: {
    readonly content: Content;
    readonly dump: number;
    readonly offset: number;
    readonly bytes: number;
    readonly pages: Pages;
  },
): void {
  const { content, dump, offset, bytes, pages } = place;
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  const leakStart = Math.floor((bytes * (1 - leakShare)) / pageSize) * pageSize;
  const leakEnd = leakStart + Math.floor(((bytes - leakStart) * dump) / (dumpCount - 1));
  for (let at = 0; at < piece.length; at += pageSize) {
    const index = (offset + at) / pageSize;
    const share = shareOf(index);
    if (offset + at >= leakStart) {
      const from = ((index - leakStart / pageSize) % leakPages) * pageSize;
      if (offset + at >= leakEnd) piece.fill(0, at, at + pageSize);
      else piece.set(pages.leak.subarray(from, from + pageSize), at);
    } else if (share < zeroShares[content]) piece.fill(0, at, at + pageSize);
    else {
      const from = content === 'dense' || share > 0.75 ? pages.data : pages.objects;
      piece.set(from[index % from.length]!, at);
      // No two pages are the same.
      view.setUint32(at + 128, index + 1, true);
      if (shareOf(index + 0x5bd1e995) < changedShare) view.setUint32(at + 1024, dump + 1, true);
    }
  }
}

/** A number from 0 to 1 that belongs to an index, evenly spread. */
export function shareOf(index: number): number {
  let hash = Math.imul(index ^ (index >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
