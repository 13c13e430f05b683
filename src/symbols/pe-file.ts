// A module's PE file beside the dump: whether it is the one that was loaded, and what of it stood in memory.
import type { ByteSource } from '../bytes/byte-source.ts';
import type { LoadedModule } from '../model/dump.ts';
import { lowerBound } from '../model/lower-bound.ts';
import type { ImageContext, ModuleFile, OpenedImage } from './module-file.ts';
import { type PeImage, readPeImage } from './pe-image.ts';
import { readRelocations } from './pe-relocations.ts';
import { coffSymbols, exportedSymbols } from './pe-symbols.ts';
import { quietly } from './read-text.ts';

/** Throws MalformedDumpError when the headers are damaged, or not PE's. */
export function openPeFile(source: ByteSource, context: ImageContext): ModuleFile {
  const file = readPeImage(source);
  const { start } = context.module;
  const sections = file.sections.map((one) => ({ ...one, size: Math.min(one.fileSize, one.memorySize) }));
  const headers = { start, size: file.headerSize, fileOffset: 0 };
  const fileOffsetOf = (address: number) => {
    const section = sections.find((one) => address >= one.address && address < one.address + one.size);
    return section && section.fileOffset + (address - section.address);
  };
  let places: Float64Array | undefined;
  return {
    source,
    mismatch: mismatchOf(file, context),
    ranges: [
      headers,
      ...sections
        .filter((one) => !one.writable)
        .map((one) => ({ start: start + one.address, size: one.size, fileOffset: one.fileOffset })),
    ],
    relocate(address, bytes) {
      places ??= readRelocations(source, file, fileOffsetOf);
      relocate(bytes, { places, from: address - start, moved: start - file.preferredStart, is64Bit: file.is64Bit });
    },
    symbols: () => coffSymbols(source, file, start),
  };
}

function mismatchOf(file: PeImage, { dump, module, image }: ImageContext): string | undefined {
  if (file.is64Bit !== (dump.pointerSize === 8)) return 'it is for another kind of processor';
  const loaded = quietly(() => readPeImage(image));
  const linkTime = loaded?.linkTime ?? module.linkTime ?? file.linkTime;
  if (linkTime !== file.linkTime) return 'its time stamp is not that in the dump';
  const size =
    loaded?.imageSize ??
    (dump.format === 'minidump' || dump.format === 'windows-kernel' ? module.end - module.start : file.imageSize);
  return size === file.imageSize ? undefined : 'its size is not that in the dump';
}

interface Relocation {
  readonly places: Float64Array;
  /** Relative address of the first byte. */
  readonly from: number;
  readonly moved: number;
  readonly is64Bit: boolean;
}

/** Does to the bytes what the loader did. Pointers that are not wholly within them stay as they are. */
function relocate(bytes: Uint8Array, { places, from, moved, is64Bit }: Relocation): void {
  const width = is64Bit ? 8 : 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = lowerBound(places, from); index < places.length; index += 1) {
    const at = places[index]! - from;
    if (at + width > bytes.length) return;
    if (is64Bit) view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(moved), true);
    else view.setUint32(at, view.getUint32(at, true) + moved, true);
  }
}

/** The image itself, where the dump holds its headers. Throws MalformedDumpError where it does not. */
export function openPeImage(source: ByteSource, module: LoadedModule): OpenedImage {
  const image = readPeImage(source);
  return { symbols: () => exportedSymbols(source, image, module.start) };
}
