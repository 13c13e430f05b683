// Which pages a dump holds, by its kind: runs in the header, a bitmap, or a list of ranges.
import { createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { MalformedDumpError } from '../../errors.ts';
import { textUpToNul } from '../text.ts';
import type { WarningLog } from '../warnings.ts';
import type { KernelHeader } from './header.ts';
import { createPhysicalPages, type PhysicalPages, type PhysicalPagesBuilder } from './physical-pages.ts';

/** DUMP_TYPE_*, those with pages of memory. */
const completeType = 1;
const summaryType = 2;

/** Bytes of a bitmap looked at at once. */
const bitmapChunk = 1 << 16;

/** Throws MalformedDumpError when the kind is not known or says nothing that can be. */
export function readPhysicalPages(source: ByteSource, header: KernelHeader, warnings: WarningLog): PhysicalPages {
  if (header.dumpType === completeType) return readCompleteDump(header, warnings);
  const signature = readSignature(source, header.size);
  if (signature === 'SDMP' || signature === 'FDMP') {
    return header.dumpType === summaryType
      ? readSummaryDump(source, header, warnings)
      : readBitmapDump(source, header, warnings);
  }
  // RDMP stands behind a number.
  if (readSignature(source, header.size + 4) === 'RDMP') return readRangesDump(source, header, warnings);
  const offset = header.pointerSize === 8 ? 0xf98 : 0xf88;
  const expected = 'a complete, bitmap, kernel or small dump (1, 2, 4 to 6, 8 to 10)';
  throw new MalformedDumpError('DUMP_HEADER.DumpType', offset, expected, `${header.dumpType}`);
}

function readSignature(source: ByteSource, offset: number): string {
  const bytes = new Uint8Array(4);
  return source.read(offset, bytes) === 4 ? textUpToNul(bytes) : '';
}

/** The pages of all runs that the header has follow it. */
function readCompleteDump(header: KernelHeader, warnings: WarningLog): PhysicalPages {
  const pages = createPhysicalPages();
  for (const run of header.runs) {
    if (pages.add(run)) continue;
    warnings.add('bad-physical-run', 'a run of physical pages cannot be; it and those after it are skipped', 0x64);
    break;
  }
  return pages.build(header.size);
}

/** BITMAP_DUMP: Windows 8 and later. */
function readBitmapDump(source: ByteSource, header: KernelHeader, warnings: WarningLog): PhysicalPages {
  const reader = createBinaryReader(source, { start: header.size, littleEndian: true });
  reader.seek(header.size + 0x20);
  const firstPageOffset = reader.u64('BITMAP_DUMP.FirstPage');
  reader.skip(8);
  const bitCount = reader.u64('BITMAP_DUMP.Pages');
  return readBitmap(source, { start: header.size + 0x38, bitCount, firstPageOffset }, warnings);
}

/** SUMMARY_DUMP: before Windows 8. The bitmap follows an RTL_BITMAP, a count and a pointer. */
function readSummaryDump(source: ByteSource, header: KernelHeader, warnings: WarningLog): PhysicalPages {
  const reader = createBinaryReader(source, { start: header.size, littleEndian: true });
  reader.seek(header.size + 0xc);
  const firstPageOffset = reader.u32('SUMMARY_DUMP.HeaderSize');
  const bitCount = reader.u32('SUMMARY_DUMP.BitmapSize');
  const start = header.size + 0x18 + 2 * header.pointerSize;
  return readBitmap(source, { start, bitCount, firstPageOffset }, warnings);
}

interface Bitmap {
  readonly start: number;
  /** One bit for each page of the machine. */
  readonly bitCount: number;
  readonly firstPageOffset: number;
}

function readBitmap(source: ByteSource, bitmap: Bitmap, warnings: WarningLog): PhysicalPages {
  const { start, bitCount, firstPageOffset } = bitmap;
  const byteCount = Math.min(Math.ceil(bitCount / 8), Math.max(0, source.size - start));
  if (byteCount < Math.ceil(bitCount / 8) || firstPageOffset < start + byteCount) {
    const text = `the bitmap of pages counts ${bitCount} and does not fit between ${start} and the first page at ${firstPageOffset}`;
    warnings.add('damaged-bitmap', text, start);
  }
  const pages = createPhysicalPages();
  const reader = createBinaryReader(source, { start, size: byteCount, littleEndian: true });
  let firstPage = 0;
  let pageCount = 0;
  for (let done = 0; done < byteCount; done += bitmapChunk) {
    const bytes = reader.bytes(Math.min(bitmapChunk, byteCount - done), 'bitmap');
    for (const [index, byte] of bytes.entries()) {
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit += 1) {
        const page = (done + index) * 8 + bit;
        if ((byte & (1 << bit)) === 0 || page >= bitCount) continue;
        if (page === firstPage + pageCount) pageCount += 1;
        else {
          if (!pages.add({ firstPage, pageCount })) return cutBitmap(pages, start, firstPageOffset, warnings);
          firstPage = page;
          pageCount = 1;
        }
      }
    }
  }
  if (!pages.add({ firstPage, pageCount })) return cutBitmap(pages, start, firstPageOffset, warnings);
  return pages.build(firstPageOffset);
}

function cutBitmap(
  pages: PhysicalPagesBuilder,
  start: number,
  firstPageOffset: number,
  warnings: WarningLog,
): PhysicalPages {
  warnings.add(
    'damaged-bitmap',
    'the bitmap of pages goes beyond 16 TiB or has too many ranges; what follows is skipped',
    start,
  );
  return pages.build(firstPageOffset);
}

/** RDMP_HEADER: a list of ranges, ended by one that begins at page 0, or counted. */
function readRangesDump(source: ByteSource, header: KernelHeader, warnings: WarningLog): PhysicalPages {
  const reader = createBinaryReader(source, { start: header.size, littleEndian: true });
  reader.seek(header.size + 0x18);
  const firstPageOffset = reader.u64('RDMP_HEADER.FirstPageOffset');
  const isCounted = header.dumpType === 0xa;
  const declared = isCounted ? reader.u32('RDMP_HEADER.NumberOfRanges') : Number.POSITIVE_INFINITY;
  const start = header.size + 0x30;
  const room = Math.floor((Math.min(source.size, firstPageOffset) - start) / 16);
  reader.seek(start);
  const pages = createPhysicalPages();
  for (let index = 0; index < Math.min(declared, room); index += 1) {
    const at = reader.offset();
    const run = { firstPage: reader.u64('PFN_RANGE.PageFileNumber'), pageCount: reader.u64('PFN_RANGE.NumberOfPages') };
    if (run.firstPage === 0 && !isCounted) break;
    if (pages.add(run)) continue;
    warnings.add('bad-physical-run', 'a range of physical pages cannot be; it and those after it are skipped', at);
    break;
  }
  return pages.build(firstPageOffset);
}
