import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { MalformedDumpError } from '../../errors.ts';
import type { Architecture } from '../../model/dump.ts';

/** What the ELF header says about the layout of everything else. */
export interface ElfHeader {
  /** Whether pages are left out that stand in an earlier core: incremental.ts. */
  readonly isIncremental: boolean;
  readonly is64Bit: boolean;
  readonly littleEndian: boolean;
  /** e_machine, such as 62 for x86-64. */
  readonly machine: number;
  readonly programHeaderOffset: number;
  readonly programHeaderSize: number;
  readonly programHeaderCount: number;
}

/** e_machine values of elf.h that leakviz has a name for. */
export const machines = { i386: 3, ppc64: 21, arm: 40, x64: 62, arm64: 183, riscv: 243 } as const;

const elfMagic = [0x7f, 0x45, 0x4c, 0x46];
const coreType = 4;

/**
 * e_type of a core that lacks the pages that an earlier one has. Of the values that elf.h leaves to systems (ET_LOOS to
 * ET_HIOS), so that debuggers refuse the file: as a core, they would show zeros for those pages.
 */
const incrementalType = 0xfe4c;

/** e_phnum when the real count is too large for it; then it stands in the first section header. */
const countIsElsewhere = 0xffff;

export function isElf(head: Uint8Array): boolean {
  return elfMagic.every((byte, index) => head[index] === byte);
}

/** True for ELF files of type ET_CORE and incremental cores; programs and libraries are not dumps. */
export function isElfCore(head: Uint8Array): boolean {
  if (head.length < 18 || !isElf(head)) return false;
  const [bits, order] = [head[4], head[5]];
  if ((bits !== 1 && bits !== 2) || (order !== 1 && order !== 2)) return false;
  const type = order === 1 ? head[16]! | (head[17]! << 8) : head[17]! | (head[16]! << 8);
  return type === coreType || type === incrementalType;
}

/** The two bytes of e_type, which follow e_ident. */
export function coreTypeField(isIncremental: boolean, littleEndian: boolean): Uint8Array {
  const type = isIncremental ? incrementalType : coreType;
  const [low, high] = [type & 0xff, type >> 8];
  return littleEndian ? Uint8Array.of(low, high) : Uint8Array.of(high, low);
}

export const typeFieldOffset = 16;

/** Throws MalformedDumpError when the file ends inside the header, or has no usable program headers. */
export function readElfHeader(source: ByteSource): ElfHeader {
  const identification = createBinaryReader(source, { size: 16, littleEndian: true }).bytes(16, 'e_ident');
  const is64Bit = identification[4] === 2;
  const littleEndian = identification[5] === 1;
  const reader = createBinaryReader(source, { littleEndian });
  reader.seek(typeFieldOffset);
  const isIncremental = reader.u16('e_type') === incrementalType;
  const machine = reader.u16('e_machine');
  reader.seek(is64Bit ? 32 : 28);
  const programHeaderOffset = is64Bit ? reader.u64('e_phoff') : reader.u32('e_phoff');
  const sectionHeaderOffset = is64Bit ? reader.u64('e_shoff') : reader.u32('e_shoff');
  reader.seek(is64Bit ? 54 : 42);
  const programHeaderSize = reader.u16('e_phentsize');
  const declaredCount = reader.u16('e_phnum');
  const smallest = is64Bit ? 56 : 32;
  if (programHeaderSize < smallest) {
    throw new MalformedDumpError('e_phentsize', is64Bit ? 54 : 42, `${smallest} or more`, `${programHeaderSize}`);
  }
  const programHeaderCount =
    declaredCount === countIsElsewhere ? countInSection(reader, sectionHeaderOffset, is64Bit) : declaredCount;
  return {
    isIncremental,
    is64Bit,
    littleEndian,
    machine,
    programHeaderOffset,
    programHeaderSize,
    programHeaderCount,
  };
}

/** PN_XNUM: sh_info of section 0. It stands at the file's end, so a cut-off file has lost it. */
function countInSection(reader: BinaryReader, sectionHeaderOffset: number, is64Bit: boolean): number {
  if (sectionHeaderOffset === 0) return countIsElsewhere;
  reader.seek(sectionHeaderOffset + (is64Bit ? 44 : 28));
  // Then at least the headers that e_phnum can count are read.
  if (reader.remaining() < 4) return countIsElsewhere;
  return reader.u32('sh_info');
}

export function architectureOf(header: ElfHeader): Architecture {
  switch (header.machine) {
    case machines.i386:
      return 'x86';
    case machines.x64:
      return 'x64';
    case machines.arm:
      return 'arm';
    case machines.arm64:
      return 'arm64';
    case machines.riscv:
      return header.is64Bit ? 'riscv64' : 'other';
    default:
      return 'other';
  }
}
