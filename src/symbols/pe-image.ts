// PE programs and libraries: headers, as they stand in a file or in memory. Reference: Microsoft, "PE Format".
import { type BinaryReader, createBinaryReader } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { MalformedDumpError } from '../errors.ts';

export interface PeSection {
  /** Relative to the image's start, as all addresses of the file are. */
  readonly address: number;
  readonly memorySize: number;
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly writable: boolean;
}

interface PeDirectory {
  readonly address: number;
  readonly size: number;
}

export interface PeImage {
  readonly is64Bit: boolean;
  /** Seconds since 1970, or a hash: only good for comparing. */
  readonly linkTime: number;
  readonly preferredStart: number;
  readonly imageSize: number;
  readonly headerSize: number;
  readonly sections: readonly PeSection[];
  readonly exports: PeDirectory;
  readonly relocations: PeDirectory;
  /** COFF symbols in the file; 0 when there are none. */
  readonly symbolOffset: number;
  readonly symbolCount: number;
}

const none: PeDirectory = { address: 0, size: 0 };
/** The loader takes no more. */
const mostSections = 96;
const mostDirectories = 16;
const writableSection = 0x8000_0000;

/** Throws MalformedDumpError when these are no headers of a PE image. */
export function readPeImage(source: ByteSource): PeImage {
  const reader = createBinaryReader(source, { littleEndian: true });
  if (reader.u16('e_magic') !== 0x5a4d) throw new MalformedDumpError('e_magic', 0, 'MZ', 'something else');
  reader.seek(0x3c);
  const start = reader.u32('e_lfanew');
  reader.seek(start);
  if (reader.u32('Signature') !== 0x4550) throw new MalformedDumpError('Signature', start, 'PE', 'something else');
  reader.skip(2);
  const sectionCount = Math.min(reader.u16('NumberOfSections'), mostSections);
  const linkTime = reader.u32('TimeDateStamp');
  const symbolOffset = reader.u32('PointerToSymbolTable');
  const symbolCount = reader.u32('NumberOfSymbols');
  const optionalSize = reader.u16('SizeOfOptionalHeader');
  reader.skip(2);
  const optional = readOptionalHeader(reader);
  reader.seek(start + 24 + optionalSize);
  const sections: PeSection[] = [];
  for (let index = 0; index < sectionCount; index += 1) sections.push(readSection(reader));
  return { ...optional, linkTime, symbolOffset, symbolCount, sections };
}

function readOptionalHeader(reader: BinaryReader) {
  const start = reader.offset();
  const magic = reader.u16('Magic');
  if (magic !== 0x10b && magic !== 0x20b) throw new MalformedDumpError('Magic', start, '0x10b or 0x20b', `${magic}`);
  const is64Bit = magic === 0x20b;
  reader.seek(start + (is64Bit ? 24 : 28));
  const preferredStart = is64Bit ? reader.address64('ImageBase') : reader.u32('ImageBase');
  reader.seek(start + 56);
  const imageSize = reader.u32('SizeOfImage');
  const headerSize = reader.u32('SizeOfHeaders');
  reader.seek(start + (is64Bit ? 108 : 92));
  const directoryCount = Math.min(reader.u32('NumberOfRvaAndSizes'), mostDirectories);
  const directories: PeDirectory[] = [];
  for (let index = 0; index < directoryCount; index += 1) {
    const address = reader.u32('VirtualAddress');
    directories.push({ address, size: reader.u32('Size') });
  }
  const [exports = none, , , , , relocations = none] = directories;
  return { is64Bit, preferredStart, imageSize, headerSize, exports, relocations };
}

function readSection(reader: BinaryReader): PeSection {
  reader.skip(8);
  const virtualSize = reader.u32('VirtualSize');
  const address = reader.u32('VirtualAddress');
  const fileSize = reader.u32('SizeOfRawData');
  const fileOffset = reader.u32('PointerToRawData');
  reader.skip(12);
  const writable = reader.u32('Characteristics') >= writableSection;
  return { address, memorySize: virtualSize || fileSize, fileOffset, fileSize, writable };
}
