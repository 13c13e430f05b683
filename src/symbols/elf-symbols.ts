// Symbol tables of ELF files, and of ELF images in memory by their dynamic section. Reference: gABI, chapters 4 and 5.
import { type BinaryReader, createBinaryReader } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { type ElfImage, readElfSections, segmentTypes } from './elf-image.ts';
import { readText } from './read-text.ts';
import { buildSymbolTable, mostSymbols, newSymbolList, type SymbolList, type SymbolTable } from './symbol-table.ts';

interface TablePlace {
  /** Offsets in the source. */
  readonly symbols: number;
  readonly count: number;
  readonly strings: number;
}

export interface ElfTableOptions {
  readonly source: ByteSource;
  readonly image: ElfImage;
  /** What is added to addresses of the file: where it was loaded. */
  readonly bias: number;
}

const sectionTypes = { symbols: 2, dynamicSymbols: 11 } as const;
const armMachine = 40;

/** No type, data, function, common, indirect function; sections, files and thread-local data have no address. */
const namedTypes: readonly number[] = [0, 1, 2, 5, 10];
const functionType = 2;
const firstReservedSection = 0xff00;

/** `.symtab` of a file, else its `.dynsym`. Undefined when it has neither. Throws MalformedDumpError when cut off. */
export function fileSymbols(options: ElfTableOptions): SymbolTable | undefined {
  const { source, image } = options;
  const sections = readElfSections(source, image);
  for (const type of [sectionTypes.symbols, sectionTypes.dynamicSymbols]) {
    const section = sections.find((one) => one.type === type);
    const strings = section && sections[section.link];
    if (!section || !strings) continue;
    const size = Math.min(section.size, source.size - section.fileOffset);
    const count = Math.floor(size / entrySize(image));
    const table = readTable(options, { symbols: section.fileOffset, count, strings: strings.fileOffset });
    if (table.count > 0) return table;
  }
  return undefined;
}

function entrySize(image: ElfImage): number {
  return image.is64Bit ? 24 : 16;
}

function readTable(options: ElfTableOptions, place: TablePlace): SymbolTable {
  const { source, image } = options;
  const list = newSymbolList();
  const count = Math.min(place.count, mostSymbols);
  const reader = createBinaryReader(source, { start: place.symbols, littleEndian: image.littleEndian });
  for (let index = 0; index < count && reader.remaining() >= entrySize(image); index += 1) {
    addSymbol(list, reader, options);
  }
  // Assembler labels have no size: only their own place is named after them.
  return buildSymbolTable(list, { readName: (name) => readText(source, place.strings + name), reach: 1 });
}

function addSymbol(list: SymbolList, reader: BinaryReader, { image, bias }: ElfTableOptions): void {
  const name = reader.u32('st_name');
  let value = 0;
  let size = 0;
  if (!image.is64Bit) {
    value = reader.u32('st_value');
    size = reader.u32('st_size');
  }
  const type = reader.u8('st_info') & 0xf;
  reader.skip(1);
  const section = reader.u16('st_shndx');
  if (image.is64Bit) {
    value = reader.address64('st_value');
    size = reader.u64('st_size');
  }
  if (section === 0 || section >= firstReservedSection || value === 0 || !namedTypes.includes(type)) return;
  // The lowest bit of an ARM function says that its code is Thumb.
  if (image.machine === armMachine && type === functionType) value -= value % 2;
  list.starts.push(value + bias);
  list.sizes.push(size);
  list.names.push(name);
}

const dynamicTags = { hash: 4, strings: 5, symbols: 6, gnuHash: 0x6ffffef5 } as const;
const mostDynamicEntries = 1024;

/**
 * The table that the dynamic linker uses, in memory. Offsets of the source count from where the module was loaded.
 * Undefined when the image has none. Throws MalformedDumpError where it was not captured.
 */
export function memorySymbols(options: ElfTableOptions & { readonly start: number }): SymbolTable | undefined {
  const { source, image, bias, start } = options;
  const segment = image.segments.find((one) => one.type === segmentTypes.dynamic);
  if (!segment) return undefined;
  const tags = readDynamic(createReader(options, segment.address + bias - start), image);
  // Some dynamic linkers write loaded addresses into the section, others leave it as it was.
  const offsetOf = (tag: number) => {
    const address = tags.get(tag);
    if (address === undefined) return undefined;
    return address >= start && address < start + source.size ? address - start : address + bias - start;
  };
  const [symbols, strings] = [offsetOf(dynamicTags.symbols), offsetOf(dynamicTags.strings)];
  if (symbols === undefined || strings === undefined) return undefined;
  const hash = offsetOf(dynamicTags.hash);
  const gnuHash = offsetOf(dynamicTags.gnuHash);
  const count =
    hash !== undefined
      ? hashCount(createReader(options, hash))
      : gnuHash !== undefined
        ? gnuHashCount(createReader(options, gnuHash), image)
        : Math.max(0, Math.floor((strings - symbols) / entrySize(image)));
  return readTable(options, { symbols, count, strings });
}

function createReader({ source, image }: ElfTableOptions, start: number): BinaryReader {
  return createBinaryReader(source, { start: Math.max(0, start), littleEndian: image.littleEndian });
}

function readDynamic(reader: BinaryReader, { is64Bit }: ElfImage): Map<number, number> {
  const tags = new Map<number, number>();
  for (let index = 0; index < mostDynamicEntries; index += 1) {
    const tag = is64Bit ? reader.address64('d_tag') : reader.u32('d_tag');
    if (tag === 0) break;
    tags.set(tag, is64Bit ? reader.address64('d_val') : reader.u32('d_val'));
  }
  return tags;
}

/** DT_HASH: as many chain entries as symbols. */
function hashCount(reader: BinaryReader): number {
  reader.skip(4);
  return reader.u32('nchain');
}

/** DT_GNU_HASH: the last chain's end is the last symbol. */
function gnuHashCount(reader: BinaryReader, { is64Bit }: ElfImage): number {
  const start = reader.offset();
  const bucketCount = Math.min(reader.u32('nbuckets'), mostSymbols);
  const firstSymbol = reader.u32('symoffset');
  const bloomSize = reader.u32('bloom_size') * (is64Bit ? 8 : 4);
  const buckets = start + 16 + bloomSize;
  let last = 0;
  reader.seek(buckets);
  for (let index = 0; index < bucketCount; index += 1) last = Math.max(last, reader.u32('bucket'));
  if (last < firstSymbol) return firstSymbol;
  reader.seek(buckets + bucketCount * 4 + (last - firstSymbol) * 4);
  while (last < mostSymbols && reader.u32('chain') % 2 === 0) last += 1;
  return last + 1;
}
