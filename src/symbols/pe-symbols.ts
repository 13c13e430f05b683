// Symbols of PE images: the export table, and the COFF symbols that mingw's linker leaves in the file.
// Reference: Microsoft, "PE Format", "The .edata Section" and "COFF Symbol Table".
import { createBinaryReader } from '../bytes/binary-reader.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Address } from '../model/address.ts';
import type { PeImage } from './pe-image.ts';
import { quietly, readText } from './read-text.ts';
import { buildSymbolTable, newSymbolList, type SymbolTable } from './symbol-table.ts';

/** Ordinals have 16 bits. */
const mostExports = 1 << 16;
/** Between two exports stand many things without a name: one that is far from an export is none of its. */
const exportReach = 256;

/**
 * @param source the image as it is in memory: offsets are relative virtual addresses
 * @param start where the module was loaded
 * Undefined without exports. Throws MalformedDumpError when the table was not captured.
 */
export function exportedSymbols(source: ByteSource, image: PeImage, start: Address): SymbolTable | undefined {
  if (image.exports.address === 0) return undefined;
  const reader = createBinaryReader(source, { littleEndian: true });
  reader.seek(image.exports.address + 20);
  const functionCount = Math.min(reader.u32('NumberOfFunctions'), mostExports);
  const nameCount = Math.min(reader.u32('NumberOfNames'), mostExports);
  const functions = reader.u32('AddressOfFunctions');
  const names = reader.u32('AddressOfNames');
  const ordinals = reader.u32('AddressOfNameOrdinals');
  const functionsReader = createBinaryReader(source, { start: functions, size: functionCount * 4, littleEndian: true });
  const addresses: number[] = [];
  for (let index = 0; index < functionCount; index += 1) addresses.push(functionsReader.u32('ExportRVA'));
  const namesReader = createBinaryReader(source, { start: names, size: nameCount * 4, littleEndian: true });
  const ordinalsReader = createBinaryReader(source, { start: ordinals, size: nameCount * 2, littleEndian: true });
  const list = newSymbolList();
  for (let index = 0; index < nameCount; index += 1) {
    const name = namesReader.u32('NameRVA');
    const address = addresses[ordinalsReader.u16('Ordinal')];
    // An address within the table itself is the text of a forwarder.
    const isForwarder =
      address !== undefined && address - image.exports.address < image.exports.size && address >= image.exports.address;
    if (!address || isForwarder) continue;
    list.starts.push(start + address);
    list.sizes.push(0);
    list.names.push(name);
  }
  return buildSymbolTable(list, { readName: (name) => readText(source, name), reach: exportReach });
}

const coffSymbolSize = 18;
const mostCoffSymbols = 1 << 20;
const externalClass = 2;
const staticClass = 3;
const coffReach = 1 << 16;

/** Undefined when the file has none. Throws MalformedDumpError when they are cut off. */
export function coffSymbols(source: ByteSource, image: PeImage, start: Address): SymbolTable | undefined {
  const { symbolOffset, sections } = image;
  if (symbolOffset === 0 || image.symbolCount === 0) return undefined;
  const count = Math.min(image.symbolCount, mostCoffSymbols);
  const strings = symbolOffset + image.symbolCount * coffSymbolSize;
  const reader = createBinaryReader(source, { start: symbolOffset, size: count * coffSymbolSize, littleEndian: true });
  const list = newSymbolList();
  for (let index = 0; index < count; index += 1) {
    const at = reader.offset();
    const isLong = reader.u32('ShortName') === 0;
    const longName = reader.u32('ShortName');
    const value = reader.u32('Value');
    const section = sections[reader.u16('SectionNumber') - 1];
    reader.skip(2);
    const storageClass = reader.u8('StorageClass');
    const further = reader.u8('NumberOfAuxSymbols');
    reader.skip(further * coffSymbolSize);
    index += further;
    // Static symbols with further records are sections.
    const isNamed = storageClass === externalClass || (storageClass === staticClass && further === 0);
    if (section === undefined || !isNamed) continue;
    list.starts.push(start + section.address + value);
    list.sizes.push(0);
    list.names.push(isLong ? strings + longName : -at);
  }
  const readName = (name: number) =>
    withoutUnderscore(name >= 0 ? readText(source, name) : shortName(source, -name), image);
  return buildSymbolTable(list, { readName, reach: coffReach });
}

/** Up to 8 bytes, with a NUL only if there is room. */
function shortName(source: ByteSource, offset: number): string | undefined {
  const bytes = new Uint8Array(9);
  if ((quietly(() => source.read(offset, bytes.subarray(0, 8))) ?? 0) < 8) return undefined;
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('latin1');
}

/** 32-bit x86 puts an underscore before every C name. */
function withoutUnderscore(name: string | undefined, image: PeImage): string | undefined {
  return !image.is64Bit && name?.startsWith('_') ? name.slice(1) : name;
}
