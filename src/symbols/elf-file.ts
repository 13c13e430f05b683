// A module's ELF file beside the dump: whether it is the one that was loaded, and what of it stood in memory.
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Dump, LoadedModule } from '../model/dump.ts';
import {
  type ElfImage,
  loadedBytes,
  lowestAddress,
  readBuildId,
  readElfImage,
  segmentFlags,
  segmentTypes,
} from './elf-image.ts';
import { fileSymbols, memorySymbols } from './elf-symbols.ts';
import type { ImageContext, ModuleFile, OpenedImage } from './module-file.ts';
import { quietly } from './read-text.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Throws MalformedDumpError when the headers are damaged, or not ELF's. */
export function openElfFile(source: ByteSource, { dump, module, image }: ImageContext): ModuleFile {
  const file = readElfImage(source);
  const lowest = lowestAddress(file, dump.pageSize) ?? 0;
  const bias = module.start - lowest;
  const loads = file.segments.filter((one) => one.type === segmentTypes.load);
  return {
    source,
    mismatch: mismatchOf(file, source, { dump, module, image }),
    // What can be written has changed since: pointers were moved to where they point, at the least.
    ranges: loads
      .filter((one) => (one.flags & segmentFlags.write) === 0)
      .map((one) => ({ start: one.address + bias, size: one.fileSize, fileOffset: one.fileOffset })),
    relocate: undefined,
    symbols: () => fileSymbols({ source, image: file, bias }),
  };
}

function mismatchOf(file: ElfImage, source: ByteSource, { dump, module, image }: ImageContext): string | undefined {
  if (file.is64Bit !== (dump.pointerSize === 8) || file.littleEndian !== dump.littleEndian) {
    return 'it is for another kind of processor';
  }
  const loaded = quietly(() => readElfImage(image));
  if (loaded && loaded.machine !== file.machine) return 'it is for another kind of processor';
  const loadedId = (loaded && buildIdInMemory(image, loaded, dump.pageSize)) ?? listedBuildId(module);
  const fileId = quietly(() => readBuildId(source, file, (segment) => segment.fileOffset));
  if (loadedId !== undefined && loadedId !== fileId) return 'its build-id is not that in the dump';
  // Mappings end with the page that their last byte is on. Programs also map parts of files to read them.
  const mapped = module.end - module.start;
  const { inFile, all } = loadedBytes(file, dump.pageSize);
  const fits = mapped > inFile - dump.pageSize && mapped < all + dump.pageSize;
  return fits ? undefined : 'its size is not that in the dump';
}

/** Breakpad writes it into the list of modules; the GUID of a PDB stands there in capitals. */
function listedBuildId({ debugId }: LoadedModule): string | undefined {
  return debugId !== undefined && /^([0-9a-f]{2})+$/.test(debugId) ? debugId : undefined;
}

/** The build-id of a module as it stands in the process; undefined where it has none, or the dump does not hold it. */
export function loadedBuildId(image: ByteSource, pageSize: number): string | undefined {
  const loaded = quietly(() => readElfImage(image));
  return loaded && buildIdInMemory(image, loaded, pageSize);
}

function buildIdInMemory(image: ByteSource, loaded: ElfImage, pageSize: number): string | undefined {
  const lowest = lowestAddress(loaded, pageSize);
  if (lowest === undefined) return undefined;
  return quietly(() => readBuildId(image, loaded, (segment) => segment.address - lowest));
}

/** The image itself, where the dump holds its headers. Throws MalformedDumpError where it does not. */
export function openElfImage(source: ByteSource, dump: Dump, module: LoadedModule): OpenedImage {
  const image = readElfImage(source);
  const bias = module.start - (lowestAddress(image, dump.pageSize) ?? 0);
  const symbols = (): SymbolTable | undefined => memorySymbols({ source, image, bias, start: module.start });
  return { symbols };
}
