// ELF programs and libraries: headers, as they stand in a file or in memory. Reference: gABI, chapters 4 and 5.
import { type BinaryReader, createBinaryReader, isExactAddress } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { MalformedDumpError } from '../errors.ts';

/** Of a program header; addresses are the file's own, before it was moved to where it was loaded. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly fileOffset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** Of a section header. */
export interface ElfSection {
  readonly type: number;
  readonly fileOffset: number;
  readonly size: number;
  /** Index of the section with the names. */
  readonly link: number;
}

export interface ElfImage {
  readonly is64Bit: boolean;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly segments: readonly ElfSegment[];
  /** Offset of the section headers, and how many; they are not in memory. */
  readonly sectionOffset: number;
  readonly sectionSize: number;
  readonly sectionCount: number;
}

export const segmentTypes = { load: 1, dynamic: 2, note: 4 } as const;
export const segmentFlags = { write: 2 } as const;

const sharedOrProgram: readonly number[] = [2, 3];
/** Real files have some dozen of the one and, with a section per function, thousands of the other. */
const mostSegments = 256;
const mostSections = 1 << 16;

/** Throws MalformedDumpError when these are no headers of a program or library. */
export function readElfImage(source: ByteSource): ElfImage {
  const head = createBinaryReader(source, { size: 64, littleEndian: true });
  const identification = head.bytes(16, 'e_ident');
  const isElf = [0x7f, 0x45, 0x4c, 0x46].every((byte, index) => identification[index] === byte);
  const [bits, order] = [identification[4]!, identification[5]!];
  if (!isElf || bits < 1 || bits > 2 || order < 1 || order > 2) {
    throw new MalformedDumpError('e_ident', 0, 'an ELF header', 'something else');
  }
  const is64Bit = bits === 2;
  const reader = createBinaryReader(source, { littleEndian: order === 1 });
  reader.seek(16);
  const type = reader.u16('e_type');
  if (!sharedOrProgram.includes(type)) throw new MalformedDumpError('e_type', 16, 'a program or library', `${type}`);
  const machine = reader.u16('e_machine');
  reader.seek(is64Bit ? 32 : 28);
  const segmentOffset = is64Bit ? reader.u64('e_phoff') : reader.u32('e_phoff');
  const sectionOffset = is64Bit ? reader.u64('e_shoff') : reader.u32('e_shoff');
  reader.seek(is64Bit ? 54 : 42);
  const segmentSize = reader.u16('e_phentsize');
  const segmentCount = Math.min(reader.u16('e_phnum'), mostSegments);
  const sectionSize = reader.u16('e_shentsize');
  const sectionCount = Math.min(reader.u16('e_shnum'), mostSections);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < segmentCount && segmentSize >= (is64Bit ? 56 : 32); index += 1) {
    reader.seek(segmentOffset + index * segmentSize);
    segments.push(readSegment(reader, is64Bit));
  }
  return { is64Bit, littleEndian: order === 1, machine, segments, sectionOffset, sectionSize, sectionCount };
}

function readSegment(reader: BinaryReader, is64Bit: boolean): ElfSegment {
  const type = reader.u32('p_type');
  if (is64Bit) {
    const flags = reader.u32('p_flags');
    const fileOffset = reader.u64('p_offset');
    const address = reader.address64('p_vaddr');
    reader.skip(8);
    return { type, flags, fileOffset, address, fileSize: reader.u64('p_filesz'), memorySize: reader.u64('p_memsz') };
  }
  const fileOffset = reader.u32('p_offset');
  const address = reader.u32('p_vaddr');
  reader.skip(4);
  const fileSize = reader.u32('p_filesz');
  const memorySize = reader.u32('p_memsz');
  return { type, flags: reader.u32('p_flags'), fileOffset, address, fileSize, memorySize };
}

/** The sections of a file. Throws MalformedDumpError when they are cut off. */
export function readElfSections(source: ByteSource, image: ElfImage): ElfSection[] {
  const { is64Bit, sectionOffset, sectionSize, sectionCount } = image;
  if (sectionOffset === 0 || sectionSize < (is64Bit ? 64 : 40)) return [];
  const reader = createBinaryReader(source, { littleEndian: image.littleEndian });
  const sections: ElfSection[] = [];
  for (let index = 0; index < sectionCount; index += 1) {
    reader.seek(sectionOffset + index * sectionSize + 4);
    const type = reader.u32('sh_type');
    reader.seek(sectionOffset + index * sectionSize + (is64Bit ? 24 : 16));
    const fileOffset = is64Bit ? reader.u64('sh_offset') : reader.u32('sh_offset');
    const size = is64Bit ? reader.u64('sh_size') : reader.u32('sh_size');
    sections.push({ type, fileOffset, size, link: reader.u32('sh_link') });
  }
  return sections;
}

/** Lowest address of what is loaded, rounded down to a page; undefined when nothing is. */
export function lowestAddress(image: ElfImage, pageSize: number): number | undefined {
  const starts = image.segments.filter((one) => one.type === segmentTypes.load && isExactAddress(one.address));
  if (starts.length === 0) return undefined;
  const lowest = Math.min(...starts.map((one) => one.address));
  return Math.floor(lowest / pageSize) * pageSize;
}

/** Bytes of memory that the file takes from its lowest page on: those that stand in it, and all. */
export function loadedBytes(image: ElfImage, pageSize: number): { readonly inFile: number; readonly all: number } {
  const lowest = lowestAddress(image, pageSize) ?? 0;
  const loads = image.segments.filter((one) => one.type === segmentTypes.load);
  const inFile = Math.max(lowest, ...loads.map((one) => one.address + one.fileSize)) - lowest;
  return { inFile, all: Math.max(lowest, ...loads.map((one) => one.address + one.memorySize)) - lowest };
}

const buildIdNote = 3;
const longestNotes = 1 << 16;

/**
 * The build-id in hex, or undefined. `placeOf` tells where in the source a segment's bytes stand.
 * Throws MalformedDumpError when a note is cut off.
 */
export function readBuildId(
  source: ByteSource,
  image: ElfImage,
  placeOf: (segment: ElfSegment) => number,
): string | undefined {
  for (const segment of image.segments) {
    if (segment.type !== segmentTypes.note) continue;
    const start = placeOf(segment);
    const size = Math.min(segment.fileSize, longestNotes);
    const reader = createBinaryReader(source, { start, size, littleEndian: image.littleEndian });
    while (reader.remaining() >= 12) {
      const nameSize = reader.u32('n_namesz');
      const textSize = reader.u32('n_descsz');
      const type = reader.u32('n_type');
      if (nameSize + textSize > reader.remaining()) break;
      const name = reader.bytes(nameSize, 'note name');
      reader.skip(-nameSize & 3);
      if (type === buildIdNote && nameSize === 4 && name[0] === 0x47 && name[1] === 0x4e && textSize <= 64) {
        return Buffer.from(reader.bytes(textSize, 'build-id')).toString('hex');
      }
      reader.skip((textSize + 3) & ~3);
    }
  }
  return undefined;
}
