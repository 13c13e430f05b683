// Small dumps (triage): no pages, but a list of drivers, one stack, and blocks of virtual memory.
import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Address } from '../../model/address.ts';
import type { CapturedRange, LoadedModule } from '../../model/dump.ts';
import { wideTextUpToNul } from '../text.ts';
import type { WarningLog } from '../warnings.ts';
import type { KernelHeader } from './header.ts';
import { isPlausibleModule } from './loaded-modules.ts';

/** What a small dump holds. Ranges are unsorted and not checked against the file's size. */
export interface TriageContent {
  readonly ranges: readonly CapturedRange[];
  /** Lowest address in use of the stack of the thread that crashed. */
  readonly stackTop: Address | undefined;
  readonly modules: readonly LoadedModule[];
}

/** TRIAGE_DUMP32 and TRIAGE_DUMP64: the fields up to the top of the stack are the same, the others are moved. */
const layouts = {
  4: { dataPage: 0x4c, blocks: 0x60 },
  8: { dataPage: 0x60, blocks: 0x78 },
} as const;

/** DUMP_DRIVER_ENTRY: an offset, and what the loader knows of a module. Its size differs between versions. */
const driverLayouts = {
  4: { smallest: 0x38, base: 0x1c, imageSize: 0x24, linkTime: undefined },
  8: { smallest: 0x60, base: 0x38, imageSize: 0x48, linkTime: 0x88 },
} as const;

const mostDrivers = 10_000;
const mostBlocks = 1 << 20;
const longestName = 1 << 15;

export function readTriage(source: ByteSource, header: KernelHeader, warnings: WarningLog): TriageContent {
  const reader = createBinaryReader(source, { start: header.size, littleEndian: true });
  const { dataPage, blocks } = layouts[header.pointerSize];
  const field = (offset: number) => {
    reader.seek(header.size + offset);
    return reader.u32('TRIAGE_DUMP');
  };
  const address = (offset: number): Address => {
    reader.seek(header.size + offset);
    return header.pointerSize === 8 ? reader.address64('TRIAGE_DUMP') : reader.u32('TRIAGE_DUMP');
  };
  const stack = { start: address(0x48), size: field(0x2c), fileOffset: field(0x28) };
  const afterPage = dataPage + header.pointerSize;
  const page = { start: address(dataPage), size: field(afterPage + 4), fileOffset: field(afterPage) };
  const blockRanges = readBlocks(source, field(blocks), field(blocks + 4), warnings);
  const modules = readDrivers(source, header, field(0x30), field(0x34), field(0x38), warnings);
  return {
    ranges: [stack, page, ...blockRanges].filter(({ start, size }) => start !== 0 && size > 0),
    stackTop: stack.start !== 0 && stack.size > 0 ? stack.start : undefined,
    modules,
  };
}

/** TRIAGE_DATA_BLOCK. */
function readBlocks(source: ByteSource, start: number, declared: number, warnings: WarningLog): CapturedRange[] {
  const reader = createBinaryReader(source, { start, littleEndian: true });
  const count = Math.min(declared, mostBlocks, Math.floor(reader.remaining() / 16));
  if (count < declared) {
    warnings.add('damaged-list', `the list of data blocks counts ${declared}, ${count} of them can be read`, start);
  }
  return Array.from({ length: count }, () => {
    const address = reader.address64('TRIAGE_DATA_BLOCK.Address');
    const fileOffset = reader.u32('TRIAGE_DATA_BLOCK.Offset');
    return { start: address, size: reader.u32('TRIAGE_DATA_BLOCK.Size'), fileOffset };
  });
}

function readDrivers(
  source: ByteSource,
  { pointerSize }: KernelHeader,
  start: number,
  declared: number,
  namesStart: number,
  warnings: WarningLog,
): LoadedModule[] {
  const layout = driverLayouts[pointerSize];
  // The names follow the list, so that its entries' size shows.
  const entrySize = declared === 0 ? 0 : Math.floor((namesStart - start) / declared);
  const reader = createBinaryReader(source, { start, littleEndian: true });
  const inFile = entrySize < layout.smallest ? 0 : Math.floor(reader.remaining() / entrySize);
  const count = Math.min(declared, inFile, mostDrivers);
  if (count < declared) {
    warnings.add('damaged-list', `the list of drivers counts ${declared}, ${count} of them can be read`, start);
  }
  const modules: LoadedModule[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = start + index * entrySize;
    reader.seek(at);
    const nameOffset = reader.u32('DUMP_DRIVER_ENTRY.DriverNameOffset');
    reader.seek(at + layout.base);
    const base = pointerSize === 8 ? reader.address64('DllBase') : reader.u32('DllBase');
    reader.seek(at + layout.imageSize);
    const size = reader.u32('SizeOfImage');
    if (!isPlausibleModule(base, size)) {
      warnings.add('bad-module', 'a module has no size or an impossible address and is skipped', at);
      continue;
    }
    const linkTime = readLinkTime(reader, at, entrySize, layout.linkTime);
    modules.push({ start: base, end: base + size, path: readName(source, nameOffset), ...linkTime });
  }
  return modules;
}

function readLinkTime(reader: BinaryReader, at: number, entrySize: number, offset: number | undefined) {
  if (offset === undefined || offset + 4 > entrySize) return {};
  reader.seek(at + offset);
  const linkTime = reader.u32('TimeDateStamp');
  return linkTime === 0 ? {} : { linkTime };
}

/** DUMP_STRING: characters, then UTF-16. Empty when it is not in the file. */
function readName(source: ByteSource, offset: number): string {
  const reader = createBinaryReader(source, { start: offset, littleEndian: true });
  if (reader.remaining() < 4) return '';
  const length = Math.min(reader.u32('DUMP_STRING.Length'), longestName, Math.floor(reader.remaining() / 2));
  return wideTextUpToNul(reader.bytes(length * 2, 'DUMP_STRING.Buffer'), true);
}
