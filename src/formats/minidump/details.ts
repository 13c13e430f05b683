import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import { formatAddress, type PointerSize } from '../../model/address.ts';
import type { DumpDetail } from '../../model/dump.ts';
import { textUpToNul } from '../text.ts';
import { type MinidumpFile, openStream, readString, streamTypes } from './minidump-file.ts';

/**
 * What Crashpad's client says of the product. Only these of its annotations are shown: others hold whatever a program
 * thinks worth knowing of a crash, addresses of pages visited among them.
 */
const productAnnotations = ['prod', 'ver', 'plat', 'ptype', 'channel', '_productName', '_version'];
const mostAnnotations = 1000;
const longestText = 256;

/** What a minidump says beyond what all dumps do. */
export function minidumpDetails(file: MinidumpFile, pointerSize: PointerSize): DumpDetail[] {
  return [
    ...systemDetails(file),
    kindDetail(file),
    ...countDetail(file, 'Described', streamTypes.memoryInfoList, 'stretches of addresses, free ones among them'),
    ...countDetail(file, 'Handles', streamTypes.handleData, 'open'),
    ...countDetail(file, 'Unloaded', streamTypes.unloadedModuleList, 'modules'),
    ...exceptionDetails(file, pointerSize),
    ...crashpadDetails(file),
  ];
}

/** MiniDumpWithFullMemory. */
const fullMemoryFlag = 2;

function kindDetail({ flags }: MinidumpFile): DumpDetail {
  const kind = (flags & fullMemoryFlag) === 0 ? 'without full memory' : 'with full memory';
  return { name: 'Kind', value: `${kind} (flags 0x${flags.toString(16)})` };
}

/** These streams begin with the size of their header and of an entry; the count follows. */
function countDetail(file: MinidumpFile, name: string, type: number, what: string): DumpDetail[] {
  const reader = openStream(file, type);
  if (reader === undefined || reader.remaining() < 12) return [];
  reader.skip(8);
  return [{ name, value: `${reader.u32('NumberOfEntries')} ${what}` }];
}

function systemDetails(file: MinidumpFile): DumpDetail[] {
  const reader = openStream(file, streamTypes.systemInfo);
  if (reader === undefined || reader.remaining() < 28) return [];
  const start = reader.offset();
  reader.seek(start + 6);
  const processors = reader.u8('NumberOfProcessors');
  reader.seek(start + 8);
  const version = [reader.u32('MajorVersion'), reader.u32('MinorVersion'), reader.u32('BuildNumber')].join('.');
  reader.seek(start + 24);
  const addition = readString(file, reader.u32('CSDVersionRva'))?.trim() ?? '';
  // Breakpad writes no numbers on Linux, but all that uname says.
  const system = [version === '0.0.0' ? '' : version, addition].filter((part) => part !== '').join(' ');
  return [
    ...(system === '' ? [] : [{ name: 'System', value: system }]),
    ...(processors === 0 ? [] : [{ name: 'Processors', value: `${processors}` }]),
  ];
}

function exceptionDetails(file: MinidumpFile, pointerSize: PointerSize): DumpDetail[] {
  const reader = openStream(file, streamTypes.exception);
  if (reader === undefined || reader.remaining() < 32) return [];
  const start = reader.offset();
  const thread = reader.u32('ThreadId');
  reader.seek(start + 8);
  const code = reader.u32('ExceptionCode').toString(16).padStart(8, '0');
  reader.seek(start + 24);
  const address = formatAddress(reader.address64('ExceptionAddress'), pointerSize);
  return [{ name: 'Exception', value: `0x${code} at ${address}, thread ${thread}` }];
}

/** MinidumpCrashpadInfo. */
function crashpadDetails(file: MinidumpFile): DumpDetail[] {
  const reader = openStream(file, streamTypes.crashpadInfo);
  if (reader === undefined || reader.remaining() < 52) return [];
  reader.skip(4);
  const report = readGuid(reader);
  const client = readGuid(reader);
  const annotations = { size: reader.u32('simple_annotations.DataSize'), offset: reader.u32('simple_annotations.Rva') };
  const shown = readAnnotations(file, annotations).filter(({ name }) => productAnnotations.includes(name));
  const ids = [
    { name: 'Report id', value: report },
    { name: 'Client id', value: client },
  ];
  return [...ids.filter(({ value }) => !/^[0-]*$/.test(value)), ...shown];
}

function readGuid(reader: BinaryReader): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const head = [hex(reader.u32('Data1'), 8), hex(reader.u16('Data2'), 4), hex(reader.u16('Data3'), 4)];
  const tail = [...reader.bytes(8, 'Data4')].map((byte) => hex(byte, 2)).join('');
  return [...head, tail.slice(0, 4), tail.slice(4)].join('-');
}

/** A dictionary: count, then the places of names and values. */
function readAnnotations(file: MinidumpFile, { offset, size }: { offset: number; size: number }): DumpDetail[] {
  const { source, littleEndian } = file;
  const reader = createBinaryReader(source, { start: offset, size, littleEndian });
  if (reader.remaining() < 4) return [];
  const count = Math.min(reader.u32('count'), mostAnnotations, Math.floor(reader.remaining() / 8));
  return Array.from({ length: count }, () => {
    const places = [reader.u32('key'), reader.u32('value')] as const;
    return { name: readUtf8(file, places[0]), value: readUtf8(file, places[1]) };
  });
}

/** MinidumpUTF8String: length in bytes, then the text. Empty when it is not in the file. */
function readUtf8({ source, littleEndian }: MinidumpFile, offset: number): string {
  const reader = createBinaryReader(source, { start: offset, littleEndian });
  if (offset === 0 || reader.remaining() < 4) return '';
  const length = Math.min(reader.u32('Length'), longestText, reader.remaining());
  return textUpToNul(reader.bytes(length, 'Buffer'));
}
