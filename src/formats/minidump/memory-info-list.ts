import { isExactAddress } from '../../bytes/binary-reader.ts';
import type { CapturedRange, MemoryRegion, RegionKind } from '../../model/dump.ts';
import { capturedIntervals, newRegionTable } from '../../model/dump-tables.ts';
import { doOverlap } from '../../model/intervals.ts';
import type { List, Table } from '../../model/list.ts';
import { cutOverlaps } from '../intervals.ts';
import type { WarningLog } from '../warnings.ts';
import type { AddressReader } from './address-reader.ts';
import { limitCount, type MinidumpFile, openStream, streamTypes } from './minidump-file.ts';

/** MEM_* states. */
const committed = 0x1000;
const reserved = 0x2000;
const free = 0x10000;

/** MEM_* types. */
const kinds: ReadonlyMap<number, RegionKind> = new Map([
  [0x20000, 'private'],
  [0x40000, 'mapped-file'],
  [0x1000000, 'image'],
]);

/** PAGE_*: exactly one of the low eight bits; PAGE_NOACCESS is 1. Writable, and executable, are masks of those. */
const noAccess = 1;
const writableMask = 0x04 | 0x08 | 0x40 | 0x80;
const executableMask = 0x10 | 0x20 | 0x40 | 0x80;
const readableMask = 0xee;
const guard = 0x100;

const smallestEntry = 48;

/**
 * MINIDUMP_MEMORY_INFO_LIST: committed memory that the process can access, one region per entry, unnamed. Guard pages
 * are left out: nothing is on them. Empty when the dump has no such list.
 * @param captured shares its bounds with what is captured whole
 */
export function readMemoryInfoList(
  file: MinidumpFile,
  readAddress: AddressReader,
  warnings: WarningLog,
  captured: List<CapturedRange>,
): Table<MemoryRegion> {
  const declared = newRegionTable(declaredRegions(file, readAddress, warnings), capturedIntervals(captured));
  return doOverlap(declared) ? newRegionTable(cutOverlaps(declared)) : declared;
}

function* declaredRegions(
  file: MinidumpFile,
  readAddress: AddressReader,
  warnings: WarningLog,
): Generator<MemoryRegion, void> {
  const reader = openStream(file, streamTypes.memoryInfoList);
  if (reader === undefined || reader.remaining() < 16) return;
  const start = reader.offset();
  const headerSize = reader.u32('SizeOfHeader');
  const entrySize = reader.u32('SizeOfEntry');
  const declared = reader.u64('NumberOfEntries');
  if (headerSize < 16 || entrySize < smallestEntry) {
    warnings.add('damaged-list', `MINIDUMP_MEMORY_INFO_LIST has entries of ${entrySize} bytes and is not used`, start);
    return;
  }
  const room = Math.max(0, Math.floor((reader.end() - start - headerSize) / entrySize));
  const count = limitCount(declared, room, 'MINIDUMP_MEMORY_INFO_LIST', start, warnings);
  for (let index = 0; index < count; index += 1) {
    const at = start + headerSize + index * entrySize;
    reader.seek(at);
    const base = readAddress(reader, 'BaseAddress');
    reader.seek(at + 24);
    const size = reader.u64('RegionSize');
    const entry = { state: reader.u32('State'), protect: reader.u32('Protect'), type: reader.u32('Type') };
    if (!isPlausible(base, size, entry)) {
      warnings.add('bad-region', 'an entry of MINIDUMP_MEMORY_INFO_LIST cannot be and is skipped', at);
      continue;
    }
    if (entry.state === committed && (entry.protect & (noAccess | guard)) === 0) {
      yield toRegion(base, size, entry);
    }
  }
}

interface Attributes {
  readonly state: number;
  readonly protect: number;
  readonly type: number;
}

function isPlausible(base: number, size: number, { state, protect }: Attributes): boolean {
  if (state === reserved || state === free) return true;
  const access = protect & 0xff;
  const oneAccess = access !== 0 && (access & (access - 1)) === 0;
  return state === committed && oneAccess && size > 0 && isExactAddress(base) && isExactAddress(base + size);
}

function toRegion(base: number, size: number, { protect, type }: Attributes): MemoryRegion {
  return {
    start: base,
    end: base + size,
    kind: kinds.get(type) ?? 'unknown',
    name: '',
    readable: (protect & readableMask) !== 0,
    writable: (protect & writableMask) !== 0,
    executable: (protect & executableMask) !== 0,
  };
}
