import { type ByteWriter, createByteWriter } from './byte-writer.ts';

interface SynthSegment {
  readonly address: number;
  /** What the file holds from the start of the segment on. */
  readonly bytes?: Uint8Array;
  /** Instead of `bytes`: how many there are. The caller writes them behind what is returned, segment by segment. */
  readonly fileSize?: number;
  /** As large as `bytes` unless given. */
  readonly memorySize?: number;
  /** p_paddr; 0 unless given. */
  readonly physicalStart?: number;
  /** PF_R 4 + PF_W 2 + PF_X 1; read and write unless given. */
  readonly flags?: number;
}

export interface SynthElfCore {
  readonly is64Bit?: boolean;
  readonly littleEndian?: boolean;
  /** e_machine; x86-64 or i386 unless given. */
  readonly machine?: number;
  readonly segments: readonly SynthSegment[];
  readonly threads?: readonly { readonly id: number; readonly stackPointer: number }[];
  readonly process?: { readonly id: number; readonly name: string };
  readonly files?: readonly SynthMapping[];
  /** AT_* type and value. */
  readonly auxiliary?: readonly (readonly [type: number, value: number])[];
  /** Notes that `leakviz capture` adds: type and text. */
  readonly captureNotes?: readonly (readonly [type: number, text: string])[];
  /** Writes the number of segments into the first section header (PN_XNUM). */
  readonly extendedCount?: boolean;
  /** Zero bytes between the notes, as damaged files have them. */
  readonly notePadding?: number;
  /** Owner of the notes; CORE unless given. */
  readonly owner?: string;
  /** Makes it a core of a whole machine: the text of its VMCOREINFO note. */
  readonly vmcoreInfo?: string;
}

interface SynthMapping {
  readonly start: number;
  readonly end: number;
  readonly fileOffset?: number;
  readonly path: string;
}

/** Bytes from the start of NT_PRSTATUS to its stack pointer, and its size, by e_machine; 64-bit, then 32-bit. */
const statusLayouts: Readonly<Record<string, readonly [stackPointer: number, size: number]>> = {
  '62/64': [264, 336],
  '183/64': [360, 392],
  '3/32': [132, 144],
  '40/32': [124, 148],
};

/** An ELF core dump as the kernel lays it out: headers, notes, segments. */
export function writeElfCore(core: SynthElfCore): Uint8Array {
  const width = core.is64Bit === false ? 4 : 8;
  const file = createByteWriter(core.littleEndian ?? true);
  const headerSize = width === 8 ? 64 : 52;
  const entrySize = width === 8 ? 56 : 32;
  const notes = writeNotes(core, width);
  const count = core.segments.length + 1;
  writeHeader(file, core, { width, headerSize, entrySize, count });
  const notesOffset = headerSize + count * entrySize;
  writeEntry(file, width, {
    type: 4,
    flags: 0,
    offset: notesOffset,
    address: 0,
    fileSize: notes.length,
    memorySize: 0,
  });
  const sectionsOffset = notesOffset + notes.length;
  let offset = sectionsOffset + (core.extendedCount ? sectionHeaderSize(width) : 0);
  for (const { address, physicalStart, bytes, fileSize = bytes?.length ?? 0, memorySize, flags } of core.segments) {
    writeEntry(file, width, {
      type: 1,
      flags: flags ?? 6,
      offset,
      address,
      physicalStart: physicalStart ?? 0,
      fileSize,
      memorySize: memorySize ?? fileSize,
    });
    offset += fileSize;
  }
  file.bytes(notes);
  if (core.extendedCount) writeSectionHeader(file, width, count);
  for (const { bytes } of core.segments) if (bytes !== undefined) file.bytes(bytes);
  return file.toBytes();
}

interface Layout {
  readonly width: 4 | 8;
  readonly headerSize: number;
  readonly entrySize: number;
  readonly count: number;
}

function writeHeader(file: ByteWriter, core: SynthElfCore, { width, headerSize, entrySize, count }: Layout): void {
  file.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, width / 4, (core.littleEndian ?? true) ? 1 : 2, 1));
  file.zeros(9);
  file.u16(4);
  file.u16(core.machine ?? (width === 8 ? 62 : 3));
  file.u32(1);
  file.word(0, width);
  file.word(headerSize, width);
  file.word(0, width);
  file.u32(0);
  file.u16(headerSize);
  file.u16(entrySize);
  file.u16(core.extendedCount ? 0xffff : count);
  file.zeros(6);
}

interface Entry {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly physicalStart?: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

function writeEntry(file: ByteWriter, width: 4 | 8, entry: Entry): void {
  file.u32(entry.type);
  if (width === 8) file.u32(entry.flags);
  file.word(entry.offset, width);
  file.word(entry.address, width);
  file.word(entry.physicalStart ?? 0, width);
  file.word(entry.fileSize, width);
  file.word(entry.memorySize, width);
  if (width === 4) file.u32(entry.flags);
  file.word(0, width);
}

function sectionHeaderSize(width: 4 | 8): number {
  return width === 8 ? 64 : 40;
}

function writeSectionHeader(file: ByteWriter, width: 4 | 8, count: number): void {
  const offset = file.offset();
  file.zeros(sectionHeaderSize(width));
  file.patchU32(offset + (width === 8 ? 44 : 28), count);
  if (width === 8) file.patchU64(40, offset);
  else file.patchU32(32, offset);
}

function writeNotes(core: SynthElfCore, width: 4 | 8): Uint8Array {
  const littleEndian = core.littleEndian ?? true;
  const notes = createByteWriter(littleEndian);
  const add = (type: number, fill: (description: ByteWriter) => void, owner = core.owner ?? 'CORE') => {
    const description = createByteWriter(littleEndian);
    fill(description);
    notes.u32(owner.length + 1);
    notes.u32(description.offset());
    notes.u32(type);
    notes.text(`${owner}\0`);
    notes.align(4);
    notes.bytes(description.toBytes());
    notes.align(4);
    notes.zeros(core.notePadding ?? 0);
  };
  for (const thread of core.threads ?? []) add(1, (note) => writeStatus(note, core, width, thread));
  if (core.process !== undefined) {
    const { id, name } = core.process;
    add(3, (note) => {
      note.zeros(width === 8 ? 24 : 12);
      note.u32(id);
      note.zeros(12);
      note.text(name, 16);
      note.zeros(80);
    });
  }
  if (core.auxiliary !== undefined) add(6, (note) => writeAuxiliary(note, core.auxiliary!, width));
  if (core.vmcoreInfo !== undefined) add(0, (note) => note.text(core.vmcoreInfo!), 'VMCOREINFO');
  if (core.files !== undefined) add(0x46494c45, (note) => writeFiles(note, core.files!, width));
  for (const [type, text] of core.captureNotes ?? []) add(type, (note) => note.text(text), 'LEAKVIZ');
  return notes.toBytes();
}

function writeStatus(
  note: ByteWriter,
  core: SynthElfCore,
  width: 4 | 8,
  thread: { readonly id: number; readonly stackPointer: number },
): void {
  const machine = core.machine ?? (width === 8 ? 62 : 3);
  const [stackPointer, size] = statusLayouts[`${machine}/${width * 8}`] ?? [width === 8 ? 264 : 132, 400];
  const idOffset = width === 8 ? 32 : 24;
  note.zeros(idOffset);
  note.u32(thread.id);
  note.zeros(stackPointer - idOffset - 4);
  note.word(thread.stackPointer, width);
  note.zeros(size - stackPointer - width);
}

function writeAuxiliary(note: ByteWriter, entries: NonNullable<SynthElfCore['auxiliary']>, width: 4 | 8): void {
  for (const [type, value] of [...entries, [0, 0] as const]) {
    note.word(type, width);
    note.word(value, width);
  }
}

function writeFiles(note: ByteWriter, files: readonly SynthMapping[], width: 4 | 8): void {
  note.word(files.length, width);
  note.word(4096, width);
  for (const { start, end, fileOffset } of files) {
    note.word(start, width);
    note.word(end, width);
    note.word((fileOffset ?? 0) / 4096, width);
  }
  for (const { path } of files) note.text(`${path}\0`);
}
