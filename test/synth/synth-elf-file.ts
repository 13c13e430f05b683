import { type ByteWriter, createByteWriter } from './byte-writer.ts';

export interface SynthElfSymbol {
  readonly name: string;
  /** Before the file is moved to where it is loaded. */
  readonly address: number;
  readonly size?: number;
  /** 1 data, 2 code; 3 a section, 4 a file, 6 thread-local. */
  readonly type?: number;
}

/** A library: one page of headers, then read-only data, then writable data. */
export interface SynthElfFile {
  readonly pointerSize?: 4 | 8;
  readonly littleEndian?: boolean;
  readonly machine?: number;
  /** Address of the first byte in the file; 0 for libraries. */
  readonly base?: number;
  readonly buildId?: readonly number[];
  /** At base + 0x1000; read only. */
  readonly constants?: Uint8Array;
  /** At base + 0x2000; writable. At most a page, as the constants. */
  readonly data?: Uint8Array;
  /** .symtab */
  readonly symbols?: readonly SynthElfSymbol[];
  /** .dynsym, within the third page from base, with DT_HASH or DT_GNU_HASH. */
  readonly dynamicSymbols?: readonly SynthElfSymbol[];
  readonly hash?: 'sysv' | 'gnu';
  readonly withoutSections?: boolean;
}

const page = 0x1000;

interface Layout extends SynthElfFile {
  readonly width: 4 | 8;
  readonly start: number;
}

/** Writes the file; page n of the file is page n of memory. */
export function synthElfFile(elf: SynthElfFile): Uint8Array {
  const layout: Layout = { ...elf, width: elf.pointerSize ?? 8, start: elf.base ?? 0 };
  const file = createByteWriter(elf.littleEndian ?? true);
  writeHeader(file, layout);
  const note = 0x800;
  writeSegments(file, layout, note);
  file.zeros(note - file.offset());
  if (elf.buildId) writeNote(file, elf.buildId);
  file.align(page);
  file.bytes(elf.constants ?? new Uint8Array(8));
  file.zeros(2 * page - file.offset());
  file.bytes(elf.data ?? new Uint8Array(8));
  file.zeros(3 * page - file.offset());
  const dynamic = writeDynamic(file, layout);
  file.zeros(5 * page - file.offset());
  const sections = writeTable(file, layout, elf.symbols ?? []);
  if (!elf.withoutSections) writeSections(file, layout, elf.symbols ? [sections, dynamic] : [dynamic]);
  return file.toBytes();
}

function writeHeader(file: ByteWriter, { width, littleEndian = true, machine, start }: Layout): void {
  for (const byte of [0x7f, 0x45, 0x4c, 0x46, width === 8 ? 2 : 1, littleEndian ? 1 : 2, 1]) file.u8(byte);
  file.zeros(9);
  file.u16(3);
  file.u16(machine ?? (width === 8 ? 62 : 3));
  file.u32(1);
  file.word(start, width);
  file.word(width === 8 ? 64 : 52, width);
  // e_shoff is patched once it is known.
  file.word(0, width);
  file.u32(0);
  file.u16(width === 8 ? 64 : 52);
  file.u16(width === 8 ? 56 : 32);
  file.u16(5);
  file.u16(width === 8 ? 64 : 40);
  file.u16(0);
  file.u16(0);
}

function writeSegments(file: ByteWriter, layout: Layout, note: number): void {
  const { width, start, buildId } = layout;
  const write = (type: number, flags: number, offset: number, size: number): void => {
    file.u32(type);
    if (width === 8) file.u32(flags);
    file.word(offset, width);
    file.word(start + offset, width);
    file.word(start + offset, width);
    file.word(size, width);
    file.word(size, width);
    if (width === 4) file.u32(flags);
    file.word(4, width);
  };
  write(1, 4, 0, page);
  write(1, 4, page, page);
  write(1, 6, 2 * page, 3 * page);
  write(2, 6, 3 * page, 10 * width);
  write(4, 4, note, buildId ? 16 + buildId.length : 0);
}

function writeNote(file: ByteWriter, buildId: readonly number[]): void {
  file.u32(4);
  file.u32(buildId.length);
  file.u32(3);
  file.text('GNU', 4);
  file.bytes(Uint8Array.from(buildId));
}

interface Table {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly strings: number;
  readonly stringSize: number;
}

function writeTable(file: ByteWriter, { width, littleEndian }: Layout, symbols: readonly SynthElfSymbol[]): Table {
  const offset = file.offset();
  const names = createByteWriter(littleEndian ?? true);
  names.u8(0);
  const first: SynthElfSymbol = { name: '', address: 0, type: 0 };
  for (const [index, { name, address, size = 8, type = 1 }] of [first, ...symbols].entries()) {
    file.u32(index === 0 ? 0 : names.offset());
    if (index > 0) names.text(`${name}\0`);
    if (width === 4) {
      file.u32(address);
      file.u32(size);
    }
    file.u8(0x10 | type);
    file.u8(0);
    file.u16(index === 0 ? 0 : 1);
    if (width === 8) {
      file.u64(address);
      file.u64(size);
    }
  }
  const strings = file.offset();
  file.bytes(names.toBytes());
  return { type: 2, offset, size: strings - offset, strings, stringSize: names.offset() };
}

/** DT_SYMTAB, DT_STRTAB, DT_HASH or DT_GNU_HASH, DT_NULL, and what they point to. */
function writeDynamic(file: ByteWriter, layout: Layout): Table {
  const { width, start, dynamicSymbols = [], hash = 'sysv' } = layout;
  const dynamic = file.offset();
  const probe = createByteWriter(layout.littleEndian ?? true);
  probe.zeros(dynamic + 16 * width);
  const planned = writeTable(probe, layout, dynamicSymbols);
  probe.align(8);
  const pairs = [
    [6, start + planned.offset],
    [5, start + planned.strings],
    [hash === 'sysv' ? 4 : 0x6ffffef5, start + probe.offset()],
    [0, 0],
  ];
  for (const [tag, value] of pairs) {
    file.word(tag!, width);
    file.word(value!, width);
  }
  file.zeros(planned.offset - file.offset());
  writeTable(file, layout, dynamicSymbols);
  file.align(8);
  const count = dynamicSymbols.length + 1;
  if (hash === 'sysv') {
    for (const value of [1, count, 0]) file.u32(value);
  } else {
    // One bucket that holds all symbols; the chain ends with an odd number.
    for (const value of [1, 1, 1, 0]) file.u32(value);
    file.word(0, width);
    file.u32(1);
    for (let index = 1; index < count; index += 1) file.u32(index === count - 1 ? 1 : 0);
  }
  return { ...planned, type: 11 };
}

function writeSections(file: ByteWriter, { width }: Layout, tables: readonly Table[]): void {
  file.align(8);
  const offset = file.offset();
  const write = (type: number, place: number, size: number, link: number): void => {
    file.u32(0);
    file.u32(type);
    file.word(0, width);
    file.word(0, width);
    file.word(place, width);
    file.word(size, width);
    file.u32(link);
    file.u32(0);
    file.word(1, width);
    file.word(0, width);
  };
  write(0, 0, 0, 0);
  for (const [index, table] of tables.entries()) {
    write(table.type, table.offset, table.size, 2 * index + 2);
    write(3, table.strings, table.stringSize, 0);
  }
  const count = 1 + 2 * tables.length;
  if (width === 8) file.patchU64(40, offset);
  else file.patchU32(32, offset);
  patchU16(file, width === 8 ? 60 : 48, count);
}

/** Through the 4 bytes that end with the number: e_shentsize, e_shnum. */
function patchU16(file: ByteWriter, offset: number, value: number): void {
  const entry = file.toBytes().subarray(offset - 2, offset);
  const isLittle = file.toBytes()[5] === 1;
  const size = isLittle ? entry[0]! | (entry[1]! << 8) : entry[1]! | (entry[0]! << 8);
  file.patchU32(offset - 2, isLittle ? size | (value << 16) : (size << 16) | value);
}
