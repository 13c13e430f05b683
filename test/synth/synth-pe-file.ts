import { type ByteWriter, createByteWriter } from './byte-writer.ts';

export interface SynthPeSymbol {
  readonly name: string;
  /** Relative to the image's start. */
  readonly address: number;
}

/** A library: headers, .rdata at 0x1000, .data at 0x2000, .reloc at 0x3000. File offsets are addresses. */
export interface SynthPeFile {
  readonly pointerSize?: 4 | 8;
  readonly linkTime?: number;
  readonly preferredStart?: number;
  /** Up to a page. */
  readonly constants?: Uint8Array;
  readonly data?: Uint8Array;
  /** In .rdata, from 0x1800 on. */
  readonly exports?: readonly SynthPeSymbol[];
  /** COFF symbols behind the sections. */
  readonly symbols?: readonly SynthPeSymbol[];
  /** Addresses of pointers, all within the page of constants. */
  readonly relocations?: readonly number[];
}

const page = 0x1000;
/** As the headers have it. */
export const synthPeImageSize = 4 * page;
const exportTable = 0x1800;

export function synthPeFile(pe: SynthPeFile): Uint8Array {
  const file = createByteWriter();
  writeHeaders(file, pe);
  file.zeros(page - file.offset());
  file.bytes(pe.constants ?? new Uint8Array(0));
  file.zeros(exportTable - file.offset());
  writeExports(file, pe.exports ?? []);
  file.zeros(2 * page - file.offset());
  file.bytes(pe.data ?? new Uint8Array(0));
  file.zeros(3 * page - file.offset());
  writeRelocations(file, pe);
  file.zeros(4 * page - file.offset());
  writeSymbols(file, pe.symbols ?? []);
  return file.toBytes();
}

function writeHeaders(file: ByteWriter, pe: SynthPeFile): void {
  const width = pe.pointerSize ?? 8;
  const preferredStart = pe.preferredStart ?? 0x400000;
  file.text('MZ', 0x3c);
  file.u32(0x80);
  file.zeros(0x80 - file.offset());
  file.text('PE', 4);
  file.u16(width === 8 ? 0x8664 : 0x14c);
  file.u16(3);
  file.u32(pe.linkTime ?? 0x12345678);
  file.u32(pe.symbols ? 4 * page : 0);
  file.u32(pe.symbols?.length ?? 0);
  file.u16(width === 8 ? 240 : 224);
  file.u16(0x2022);
  const optional = file.offset();
  file.u16(width === 8 ? 0x20b : 0x10b);
  file.zeros(optional + (width === 8 ? 24 : 28) - file.offset());
  file.word(preferredStart, width);
  file.zeros(optional + 56 - file.offset());
  file.u32(synthPeImageSize);
  file.u32(0x400);
  file.zeros(optional + (width === 8 ? 108 : 92) - file.offset());
  file.u32(16);
  const directories = new Map([
    [0, [pe.exports ? exportTable : 0, 0x400]],
    [5, [3 * page, relocationBytes(pe)]],
  ]);
  for (let index = 0; index < 16; index += 1) for (const value of directories.get(index) ?? [0, 0]) file.u32(value);
  for (const [name, address, flags] of [
    ['.rdata', page, 0x40000040],
    ['.data', 2 * page, 0xc0000040],
    ['.reloc', 3 * page, 0x42000040],
  ] as const) {
    file.text(name, 8);
    for (const value of [page, address, page, address, 0, 0, 0]) file.u32(value);
    file.u32(flags);
  }
}

function writeExports(file: ByteWriter, symbols: readonly SynthPeSymbol[]): void {
  const functions = exportTable + 40;
  const names = functions + 4 * symbols.length;
  const ordinals = names + 4 * symbols.length;
  let text = ordinals + 2 * symbols.length;
  file.zeros(16);
  for (const value of [1, symbols.length, symbols.length, functions, names, ordinals]) file.u32(value);
  for (const symbol of symbols) file.u32(symbol.address);
  for (const symbol of symbols) {
    file.u32(text);
    text += symbol.name.length + 1;
  }
  for (const index of symbols.keys()) file.u16(index);
  for (const symbol of symbols) file.text(`${symbol.name}\0`);
}

function relocationBytes({ relocations = [] }: SynthPeFile): number {
  return relocations.length === 0 ? 0 : 8 + 2 * relocations.length;
}

function writeRelocations(file: ByteWriter, pe: SynthPeFile): void {
  const { relocations = [] } = pe;
  if (relocations.length === 0) return;
  file.u32(page);
  file.u32(relocationBytes(pe));
  for (const place of relocations) file.u16(((pe.pointerSize ?? 8) === 8 ? 0xa000 : 0x3000) | (place - page));
}

function writeSymbols(file: ByteWriter, symbols: readonly SynthPeSymbol[]): void {
  const texts = createByteWriter();
  for (const { name, address } of symbols) {
    if (name.length <= 8) file.text(name, 8);
    else {
      file.u32(0);
      file.u32(4 + texts.offset());
      texts.text(`${name}\0`);
    }
    file.u32(address % page);
    file.u16(Math.floor(address / page));
    file.u16(0);
    file.u8(2);
    file.u8(0);
  }
  file.u32(4 + texts.offset());
  file.bytes(texts.toBytes());
}
