// What stands at the beginning of a core: ELF header, program headers, notes; and where everything else will be.
import { coreTypeField } from '../formats/elf-core/elf-header.ts';
import { flagsOf } from '../formats/elf-core/program-headers.ts';
import { createFieldWriter, type FieldWriter } from './field-writer.ts';
import type { LiveProcess } from './live-process.ts';
import type { PlannedSegment } from './select-memory.ts';

export interface CoreHeadersInput {
  readonly process: LiveProcess;
  /** Whether pages are left out that stand in an earlier core. */
  readonly isIncremental: boolean;
  readonly notes: Uint8Array;
  readonly segments: readonly PlannedSegment[];
  /** Bytes of the notes that follow the memory. */
  readonly endNotesSize: number;
  readonly pageSize: number;
}

const types = { load: 1, note: 4 } as const;
/** e_phnum, when the real count stands in the first section header. */
const countIsElsewhere = 0xffff;

/** Everything up to the first byte of memory, filled up to whole pages: memory begins at a page, so holes can be made. */
export function writeCoreHeaders(input: CoreHeadersInput): Uint8Array {
  const { process, isIncremental, notes, segments, endNotesSize, pageSize } = input;
  const headerSize = process.is64Bit ? 64 : 52;
  const entrySize = process.is64Bit ? 56 : 32;
  const sectionSize = process.is64Bit ? 64 : 40;
  const count = segments.length + 2;
  const isExtended = count >= countIsElsewhere;
  const sectionOffset = headerSize + count * entrySize;
  const notesOffset = sectionOffset + (isExtended ? sectionSize : 0);
  const memoryOffset = Math.ceil((notesOffset + notes.length) / pageSize) * pageSize;

  const file = createFieldWriter(process);
  file.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, process.is64Bit ? 2 : 1, process.littleEndian ? 1 : 2, 1));
  file.padTo(16);
  file.bytes(coreTypeField(isIncremental, process.littleEndian));
  file.u16(process.machine);
  file.u32(1);
  file.word(0);
  file.word(headerSize);
  file.word(isExtended ? sectionOffset : 0);
  file.u32(0);
  file.u16(headerSize);
  file.u16(entrySize);
  file.u16(isExtended ? countIsElsewhere : count);
  file.u16(isExtended ? sectionSize : 0);
  file.u16(isExtended ? 1 : 0);
  file.u16(0);

  const entry = (fields: Omit<Entry, 'is64Bit'>) => writeEntry(file, { is64Bit: process.is64Bit, ...fields });
  const unmapped = { flags: 0, address: 0, memorySize: 0, alignment: 4 };
  entry({ ...unmapped, type: types.note, offset: notesOffset, fileSize: notes.length });
  let offset = memoryOffset;
  for (const { start, end, isTaken, mapping } of segments) {
    const memorySize = end - start;
    const fileSize = isTaken ? memorySize : 0;
    const flags = flagsOf(mapping);
    entry({ type: types.load, flags, offset, address: start, fileSize, memorySize, alignment: pageSize });
    offset += fileSize;
  }
  entry({ ...unmapped, type: types.note, offset, fileSize: endNotesSize });
  if (isExtended) {
    // sh_info of section 0.
    const start = file.size();
    file.padTo(start + (process.is64Bit ? 44 : 28));
    file.u32(count);
    file.padTo(start + sectionSize);
  }
  file.bytes(notes);
  file.padTo(memoryOffset);
  return file.toBytes();
}

interface Entry {
  readonly is64Bit: boolean;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

function writeEntry(file: FieldWriter, entry: Entry): void {
  file.u32(entry.type);
  if (entry.is64Bit) file.u32(entry.flags);
  file.word(entry.offset);
  file.word(entry.address);
  file.word(0);
  file.word(entry.fileSize);
  file.word(entry.memorySize);
  if (!entry.is64Bit) file.u32(entry.flags);
  file.word(entry.alignment);
}
