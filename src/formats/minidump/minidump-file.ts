import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { MalformedDumpError } from '../../errors.ts';
import { wideTextUpToNul } from '../text.ts';
import type { WarningLog } from '../warnings.ts';

/** MINIDUMP_STREAM_TYPE, and the additions of Crashpad and Breakpad. */
export const streamTypes = {
  threadList: 3,
  moduleList: 4,
  memoryList: 5,
  exception: 6,
  systemInfo: 7,
  memory64List: 9,
  handleData: 12,
  unloadedModuleList: 14,
  miscInfo: 15,
  memoryInfoList: 16,
  crashpadInfo: 0x43500001,
  linuxProcessStatus: 0x47670004,
  linuxMaps: 0x47670009,
} as const;

/** Where a stream stands in the file. It may reach beyond the file's end. */
interface StreamLocation {
  readonly offset: number;
  readonly size: number;
}

/** The header and directory of a minidump. */
export interface MinidumpFile {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  /** MINIDUMP_HEADER.TimeDateStamp: seconds since 1970, or 0. */
  readonly timeDateStamp: number;
  /** MiniDumpWithFullMemory or MiniDumpWithPrivateReadWriteMemory: all that the process could write is in it. */
  readonly holdsPrivateMemory: boolean;
  /** MINIDUMP_TYPE, the lower half of it. */
  readonly flags: number;
  readonly streams: ReadonlyMap<number, StreamLocation>;
}

/** MINIDUMP_TYPE. */
const privateMemoryTypes = 0x2 | 0x200;

const unusedStream = 0;
const directoryEntrySize = 12;

/** Real dumps have some twenty streams; keeps a forged count from costing time. */
const mostStreams = 10_000;

/** Throws MalformedDumpError when there is no directory, or not one stream in it. */
export function readMinidumpFile(source: ByteSource, warnings: WarningLog): MinidumpFile {
  const littleEndian = createBinaryReader(source, { littleEndian: true }).u8('MINIDUMP_HEADER.Signature') === 0x4d;
  const reader = createBinaryReader(source, { littleEndian });
  reader.seek(8);
  const declared = reader.u32('MINIDUMP_HEADER.NumberOfStreams');
  const directory = reader.u32('MINIDUMP_HEADER.StreamDirectoryRva');
  reader.skip(4);
  const timeDateStamp = reader.u32('MINIDUMP_HEADER.TimeDateStamp');
  const flags = reader.u32('MINIDUMP_HEADER.Flags');
  reader.seek(directory);
  const inFile = Math.min(mostStreams, Math.floor(reader.remaining() / directoryEntrySize));
  if (declared > inFile) {
    const text = `the stream directory counts ${declared} streams, ${inFile} of them can be read`;
    warnings.add('truncated-directory', text, directory);
  }
  const streams = readDirectory(reader, Math.min(declared, inFile), source.size, warnings);
  if (streams.size === 0) {
    throw new MalformedDumpError('MINIDUMP_HEADER.NumberOfStreams', 8, 'at least one stream in the file', 'none');
  }
  const holdsPrivateMemory = (flags & privateMemoryTypes) !== 0 || streams.has(streamTypes.memory64List);
  return { source, littleEndian, timeDateStamp, flags, holdsPrivateMemory, streams };
}

function readDirectory(
  reader: BinaryReader,
  count: number,
  fileSize: number,
  warnings: WarningLog,
): Map<number, StreamLocation> {
  const streams = new Map<number, StreamLocation>();
  for (let index = 0; index < count; index += 1) {
    const at = reader.offset();
    const type = reader.u32('MINIDUMP_DIRECTORY.StreamType');
    const size = reader.u32('MINIDUMP_DIRECTORY.DataSize');
    const offset = reader.u32('MINIDUMP_DIRECTORY.Rva');
    if (type === unusedStream || size === 0) continue;
    if (offset >= fileSize) {
      warnings.add('stream-beyond-end', `stream ${type} lies beyond the end of the file`, at);
    } else if (streams.has(type)) {
      warnings.add('duplicate-stream', `stream ${type} is there twice; the first is used`, at);
    } else {
      streams.set(type, { offset, size });
    }
  }
  return streams;
}

/** A reader over one stream; undefined when the dump has none of that type. */
export function openStream(file: MinidumpFile, type: number): BinaryReader | undefined {
  const location = file.streams.get(type);
  if (location === undefined) return undefined;
  const { source, littleEndian } = file;
  return createBinaryReader(source, { start: location.offset, size: location.size, littleEndian });
}

/** Entries of a list stream, ready to read: entry i stands at `start` + i * entry size. */
export interface StreamList {
  readonly reader: BinaryReader;
  /** Offset in the file. */
  readonly start: number;
  /** As many as the stream has room for. */
  readonly count: number;
}

/**
 * Opens a stream that is a u32 count and entries, such as MINIDUMP_MODULE_LIST. Some writers put 4 bytes of padding
 * after the count; the stream's size gives them away.
 */
export function openList(
  file: MinidumpFile,
  type: number,
  entrySize: number,
  warnings: WarningLog,
): StreamList | undefined {
  const reader = openStream(file, type);
  if (reader === undefined || reader.remaining() < 4) return undefined;
  const streamSize = file.streams.get(type)!.size;
  const declared = reader.u32('NumberOfEntries');
  const padding = streamSize === 8 + declared * entrySize ? 4 : 0;
  const room = Math.max(0, Math.floor((reader.remaining() - padding) / entrySize));
  const count = limitCount(declared, room, `stream ${type}`, reader.offset() - 4, warnings);
  return { reader, start: reader.offset() + padding, count };
}

/** The smaller of a declared count and what there is room for; warns when they differ. */
export function limitCount(declared: number, room: number, what: string, offset: number, warnings: WarningLog): number {
  if (declared > room) {
    warnings.add('damaged-list', `${what} counts ${declared} entries and has room for ${room}`, offset);
  }
  return Math.min(declared, room);
}

/** Windows paths have 32,767 characters at most. */
const longestNameBytes = 1 << 16;

/** MINIDUMP_STRING: length in bytes, then UTF-16. Undefined when it is not in the file. */
export function readString({ source, littleEndian }: MinidumpFile, offset: number): string | undefined {
  if (offset === 0 || offset + 4 > source.size) return undefined;
  const reader = createBinaryReader(source, { start: offset, littleEndian });
  const length = Math.min(reader.u32('MINIDUMP_STRING.Length'), longestNameBytes, reader.remaining()) & ~1;
  return wideTextUpToNul(reader.bytes(length, 'MINIDUMP_STRING.Buffer'), littleEndian);
}
