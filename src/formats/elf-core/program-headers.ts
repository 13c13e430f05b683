import { createBinaryReader, isExactAddress } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { MalformedDumpError } from '../../errors.ts';
import type { Address } from '../../model/address.ts';
import {
  type Column,
  isTable,
  newTable,
  type RowForm,
  sortedTable,
  type Table,
  tableWithRoom,
} from '../../model/list.ts';
import type { LinuxMapping } from '../linux-maps.ts';
import type { WarningLog } from '../warnings.ts';
import type { ElfHeader } from './elf-header.ts';

/** PF_* of elf.h. */
export const executableFlag = 1;
export const writableFlag = 2;
export const readableFlag = 4;

/** A PT_LOAD: a mapping of the process, and as many of its bytes as were dumped. */
export interface LoadSegment {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly fileOffset: number;
  /** Bytes in the file; what follows them up to `end` was not dumped, which is not zero. */
  readonly fileSize: number;
  /** PF_X, PF_W, PF_R. */
  readonly flags: number;
}

/** A PT_LOAD of a kernel's core. */
export interface PlacedSegment extends LoadSegment {
  /** Where the memory stands in the machine. */
  readonly physicalStart: Address;
}

/** A PT_NOTE. */
export interface NoteSegment {
  readonly fileOffset: number;
  readonly size: number;
}

export interface Segments {
  readonly loads: Table<LoadSegment>;
  readonly notes: readonly NoteSegment[];
}

const loadForm: RowForm<LoadSegment> = {
  columnTypes: [Float64Array, Float64Array, Float64Array, Float64Array, Uint32Array],
  write([starts, ends, fileOffsets, fileSizes, flags], index, load) {
    starts![index] = load.start;
    ends![index] = load.end;
    fileOffsets![index] = load.fileOffset;
    fileSizes![index] = load.fileSize;
    flags![index] = load.flags;
  },
  read: ([starts, ends, fileOffsets, fileSizes, flags], index) => ({
    start: starts![index]!,
    end: ends![index]!,
    fileOffset: fileOffsets![index]!,
    fileSize: fileSizes![index]!,
    flags: flags![index]!,
  }),
};

/** By address. */
export function sortedLoads(loads: Iterable<LoadSegment>): Table<LoadSegment> {
  return sortedTable(isTable(loads) ? loads : newTable(loadForm, loads), loadForm);
}

export function fileOffsetsOf({ columns }: Table<LoadSegment>): Column {
  return columns[2]!;
}

const loadType = 1;
const noteType = 4;

/** No process has more mappings: Linux allows 65,530 unless told otherwise. Keeps a forged count from filling memory. */
const mostSegments = 1 << 22;

/** Reads the program headers that are in the file. Throws MalformedDumpError when there are none. */
export function readProgramHeaders(source: ByteSource, header: ElfHeader, warnings: WarningLog): Segments {
  const { programHeaderOffset: start } = header;
  const count = countInFile(source, header);
  if (count === 0) {
    const found = `${header.programHeaderCount} at ${start} in a file of ${source.size} bytes`;
    throw new MalformedDumpError('e_phnum', header.is64Bit ? 56 : 44, 'program headers inside the file', found);
  }
  if (count < header.programHeaderCount) {
    const text = `only ${count} of ${header.programHeaderCount} program headers are in the file`;
    warnings.add('truncated-program-headers', text, start);
  }
  const loads = tableWithRoom(loadForm, count);
  const notes: NoteSegment[] = [];
  for (const { place, entry } of entriesIn(source, header)) {
    if (entry.type === noteType) notes.push({ fileOffset: entry.offset, size: entry.fileSize });
    if (entry.type !== loadType || sizeOf(entry) === 0) continue;
    if (isPossible(entry)) loads.push(toLoad(entry));
    else warnings.add('bad-segment', 'a PT_LOAD has an impossible address or size and is skipped', place);
  }
  return { loads, notes };
}

/** The same loads with their places in the machine: of a kernel's core, for in those of processes they are zero. */
export function readPlacedSegments(source: ByteSource, header: ElfHeader): PlacedSegment[] {
  const placed: PlacedSegment[] = [];
  for (const { entry } of entriesIn(source, header)) {
    if (entry.type === loadType && sizeOf(entry) > 0 && isPossible(entry))
      placed.push({ ...toLoad(entry), physicalStart: entry.physicalStart });
  }
  return placed;
}

function countInFile(source: ByteSource, header: ElfHeader): number {
  const inFile = Math.max(0, Math.floor((source.size - header.programHeaderOffset) / header.programHeaderSize));
  return Math.min(header.programHeaderCount, inFile, mostSegments);
}

/** Those that are in the file, and where each stands. */
function* entriesIn(
  source: ByteSource,
  header: ElfHeader,
): Generator<{ readonly place: number; readonly entry: Entry }, void> {
  const { programHeaderOffset: start, programHeaderSize: entrySize, littleEndian } = header;
  const count = countInFile(source, header);
  const reader = createBinaryReader(source, { start, size: count * entrySize, littleEndian });
  for (let index = 0; index < count; index += 1) {
    const place = start + index * entrySize;
    reader.seek(place);
    yield { place, entry: header.is64Bit ? readEntry64(reader) : readEntry32(reader) };
  }
}

function sizeOf({ memorySize, fileSize }: Entry): number {
  return Math.max(memorySize, fileSize);
}

function isPossible(entry: Entry): boolean {
  return isExactAddress(entry.address) && isExactAddress(entry.address + sizeOf(entry));
}

function toLoad(entry: Entry): LoadSegment {
  const { address: start, offset: fileOffset, fileSize, flags } = entry;
  return { start, end: start + sizeOf(entry), fileOffset, fileSize, flags };
}

interface Entry {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: Address;
  readonly physicalStart: Address;
  readonly fileSize: number;
  readonly memorySize: number;
}

type Reader = ReturnType<typeof createBinaryReader>;

function readEntry64(reader: Reader): Entry {
  const type = reader.u32('p_type');
  const flags = reader.u32('p_flags');
  const offset = reader.u64('p_offset');
  const address = reader.address64('p_vaddr');
  const physicalStart = reader.address64('p_paddr');
  const fileSize = reader.u64('p_filesz');
  return { type, flags, offset, address, physicalStart, fileSize, memorySize: reader.u64('p_memsz') };
}

function readEntry32(reader: Reader): Entry {
  const type = reader.u32('p_type');
  const offset = reader.u32('p_offset');
  const address = reader.u32('p_vaddr');
  const physicalStart = reader.u32('p_paddr');
  const fileSize = reader.u32('p_filesz');
  const memorySize = reader.u32('p_memsz');
  return { type, flags: reader.u32('p_flags'), offset, address, physicalStart, fileSize, memorySize };
}

/** Rights of a mapping as flags of its segment. */
export function flagsOf({ readable, writable, executable }: LinuxMapping): number {
  return (readable ? readableFlag : 0) | (writable ? writableFlag : 0) | (executable ? executableFlag : 0);
}
