import { type BinaryReader, createBinaryReader, isExactAddress } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { MalformedDumpError } from '../errors.ts';
import type { CapturedRange, Dump } from '../model/dump.ts';
import { union } from '../model/intervals.ts';
import { settleCapturedRanges } from './captured-ranges.ts';
import type { DumpFormat } from './dump-format.ts';
import { physicalDump } from './physical-memory.ts';
import { createWarningLog, type WarningLog } from './warnings.ts';

/** Physical memory of a Linux machine as LiME writes it, and AVML unless it compresses. */
export const lime = {
  id: 'lime',
  displayName: 'LiME memory dump',
  reference: 'https://github.com/504ensicsLabs/LiME/blob/master/doc/README.md',
  probe: (head) => isRangeHeader(head, limeMagic, 1),
  open: openLime,
} as const satisfies DumpFormat;

/** `EMiL` in the file. */
const limeMagic = 0x4c694d45;

/** Bytes of the header before each range. */
export const rangeHeaderSize = 32;

/** Machines have some dozen ranges of memory; AVML cuts them into pieces of 16 MiB. */
export const mostRanges = 1 << 20;

/** Pointers of nearly all machines of today have 64 bits; the format does not tell. */
export const unknownMachine = {
  operatingSystem: 'linux',
  architecture: 'unknown',
  pointerSize: 8,
  littleEndian: true,
  pageSize: 4096,
  capturedAt: null,
  details: [],
} as const;

/** Whether these bytes are the header of a range: LiME's and AVML's differ in magic and version only. */
export function isRangeHeader(head: Uint8Array, magic: number, version: number): boolean {
  if (head.length < rangeHeaderSize) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0, true) === magic && view.getUint32(4, true) === version;
}

/** The range behind a header whose magic was read: its first address and its size. */
export function readRange(reader: BinaryReader): { readonly start: number; readonly size: number } {
  const at = reader.offset();
  reader.skip(8);
  const start = reader.u64('s_addr');
  // The last byte of the range, not the one after it.
  const end = reader.u64('e_addr') + 1;
  reader.skip(8);
  if (!isExactAddress(end) || end <= start) {
    throw new MalformedDumpError('e_addr', at + 16, 'an address behind s_addr', `0x${end.toString(16)}`);
  }
  return { start, size: end - start };
}

function openLime(source: ByteSource): Dump {
  const warnings = createWarningLog();
  const captured = settleCapturedRanges(readRanges(source, warnings), source.size, warnings);
  const memory = union(captured.map(({ start, size }) => ({ start, end: start + size })));
  return physicalDump({ format: 'lime', ...unknownMachine, memory, captured }, warnings);
}

function readRanges(source: ByteSource, warnings: WarningLog): CapturedRange[] {
  const reader = createBinaryReader(source, { littleEndian: true });
  const ranges: CapturedRange[] = [];
  const head = new Uint8Array(rangeHeaderSize);
  for (let offset = 0; offset < source.size && ranges.length < mostRanges; ) {
    if (source.read(offset, head) < rangeHeaderSize || !isRangeHeader(head, limeMagic, 1)) {
      warnings.add('damaged-ranges', 'what follows the last range is no header of another one and is skipped', offset);
      break;
    }
    reader.seek(offset);
    const range = readRange(reader);
    ranges.push({ ...range, fileOffset: offset + rangeHeaderSize });
    offset += rangeHeaderSize + range.size;
  }
  return ranges;
}
