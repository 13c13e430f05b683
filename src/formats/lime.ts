import { createBinaryReader, isExactAddress } from '../bytes/binary-reader.ts';
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
  probe: (head) => isRangeHeader(head, rangeKinds.lime),
  load: async () => openLime,
} as const satisfies DumpFormat;

interface RangeKind {
  /** As a number of 4 bytes, little endian. */
  readonly magic: number;
  readonly version: number;
}

/** What LiME's headers of ranges and AVML's differ in: in the file they begin with `EMiL` and `AVML`. */
export const rangeKinds = {
  lime: { magic: 0x4c694d45, version: 1 },
  avml: { magic: 0x4c4d5641, version: 2 },
} as const satisfies Record<string, RangeKind>;

/** Bytes of the header before each range. */
export const rangeHeaderSize = 32;

/** Machines have some dozen ranges of memory; AVML cuts them into pieces of 16 MiB. */
const mostRanges = 1 << 20;

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

/** Whether these bytes are the header of a range. */
export function isRangeHeader(head: Uint8Array, { magic, version }: RangeKind): boolean {
  if (head.length < rangeHeaderSize) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getUint32(0, true) === magic && view.getUint32(4, true) === version;
}

/**
 * The range whose header stands at an offset. Undefined, with a warning, where no header stands, or one of what cannot
 * be: what came before is used. Throws MalformedDumpError where that is the first one.
 */
export function readRange(
  source: ByteSource,
  offset: number,
  { warnings, ...kind }: RangeKind & { readonly warnings: WarningLog },
): { readonly start: number; readonly size: number } | undefined {
  const head = new Uint8Array(rangeHeaderSize);
  if (source.read(offset, head) < rangeHeaderSize || !isRangeHeader(head, kind)) {
    warnings.add('damaged-ranges', 'what follows the last range is no header of another one and is skipped', offset);
    return undefined;
  }
  const reader = createBinaryReader(source, { littleEndian: true });
  reader.seek(offset + 8);
  const start = reader.u64('s_addr');
  // The last byte of the range, not the one after it.
  const end = reader.u64('e_addr') + 1;
  if (isExactAddress(end) && end > start) return { start, size: end - start };
  if (offset === 0) {
    throw new MalformedDumpError('e_addr', offset + 16, 'an address behind s_addr', `0x${end.toString(16)}`);
  }
  warnings.add('damaged-ranges', 'a range ends before it begins: neither it nor what follows is used', offset);
  return undefined;
}

/** Whether one more range may be read; a warning says where not. */
export function hasRoom(ranges: readonly CapturedRange[], offset: number, warnings: WarningLog): boolean {
  if (ranges.length < mostRanges) return true;
  warnings.add('damaged-ranges', `there are more than ${mostRanges} ranges: what follows is not used`, offset);
  return false;
}

function openLime(source: ByteSource): Dump {
  const warnings = createWarningLog();
  const captured = settleCapturedRanges(readRanges(source, warnings), source.size, warnings);
  const memory = union(captured.map(({ start, size }) => ({ start, end: start + size })));
  return physicalDump({ format: 'lime', ...unknownMachine, memory, captured }, warnings);
}

function readRanges(source: ByteSource, warnings: WarningLog): CapturedRange[] {
  const ranges: CapturedRange[] = [];
  for (let offset = 0; offset < source.size && hasRoom(ranges, offset, warnings); ) {
    const range = readRange(source, offset, { ...rangeKinds.lime, warnings });
    if (range === undefined) break;
    ranges.push({ ...range, fileOffset: offset + rangeHeaderSize });
    offset += rangeHeaderSize + range.size;
  }
  return ranges;
}
