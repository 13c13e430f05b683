// Programs and libraries in a core: from the list that newer writers put into the file, or from dyld's own in memory.
import { type BinaryReader, createBinaryReader, isExactAddress } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { memorySource } from '../../bytes/memory-source.ts';
import type { Address } from '../../model/address.ts';
import { type CapturedBytes, readCaptured } from '../captured-bytes.ts';
import type { Interval } from '../intervals.ts';
import { textUpToNul } from '../text.ts';
import { type LoadCommand, type MachHeader, parseMachHeader, readLoadCommands } from './macho-header.ts';
import { readSegment, type Segment } from './segments.ts';
import { fileTypes } from './tell-mach-o.ts';

/** A place where an image is said to be. */
export interface ImagePlace {
  readonly address: Address;
  /** Untrusted text. */
  readonly path: string;
}

/** An image as it stands in memory: its segments may lie apart, as those of the shared cache do. */
export interface LoadedImage extends ImagePlace {
  readonly isProgram: boolean;
  readonly segments: readonly (Interval & { readonly name: string })[];
}

const mostImages = 1 << 16;
const longestPath = 1024;
/** Load commands of the largest images take some ten KiB. */
const mostCommandBytes = 1 << 20;
const largestImageSegment = 2 ** 32;

/** The note "all image infos", at `offset` in the file. */
export function readImageNote(source: ByteSource, offset: number, { littleEndian }: MachHeader): ImagePlace[] {
  const reader = createBinaryReader(source, { start: offset, littleEndian });
  if (reader.remaining() < 24) return [];
  const version = reader.u32('version');
  const count = reader.u32('imgcount');
  const entries = reader.u64('entries_fileoff');
  const entrySize = reader.u32('entries_size');
  if (version !== 1 || entrySize < 48) return [];
  const list = createBinaryReader(source, { start: entries, littleEndian });
  const room = Math.floor(list.remaining() / entrySize);
  const places: ImagePlace[] = [];
  for (let index = 0; index < Math.min(count, room, mostImages); index += 1) {
    list.seek(entries + index * entrySize);
    const pathAt = list.u64('filepath_offset');
    list.skip(16);
    places.push({ address: list.address64('load_address'), path: readPath(source, pathAt) });
  }
  return places;
}

function readPath(source: ByteSource, offset: number): string {
  if (offset >= source.size) return '';
  const bytes = new Uint8Array(Math.min(longestPath, source.size - offset));
  return textUpToNul(bytes.subarray(0, source.read(offset, bytes)));
}

/** The core's memory while it is being opened. */
export interface CoreMemory extends CapturedBytes {
  readonly header: MachHeader;
}

/** dyld_all_image_infos of the dynamic linker, which is found by its header at the start of a segment. */
export function findImages(memory: CoreMemory, segments: readonly Segment[]): ImagePlace[] {
  for (const { start } of segments) {
    const linker = readImage(memory, { address: start, path: '' }, fileTypes.dynamicLinker);
    if (linker === undefined) continue;
    const infos = linker.sections.find(({ name }) => name === '__all_image_info');
    const places = infos === undefined ? [] : readImageInfos(memory, infos.address);
    if (places.length > 0) return places;
  }
  return [];
}

function readImageInfos(memory: CoreMemory, address: Address): ImagePlace[] {
  const { littleEndian, pointerSize } = memory.header;
  const infos = readCaptured(memory, address, 8 + pointerSize);
  if (infos === undefined) return [];
  const count = Math.min(infos.getUint32(4, littleEndian), mostImages);
  const array = pointerAt(infos, 8, memory.header);
  const places: ImagePlace[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = readCaptured(memory, array + index * 3 * pointerSize, 2 * pointerSize);
    if (entry === undefined) break;
    places.push({
      address: pointerAt(entry, 0, memory.header),
      path: readText(memory, pointerAt(entry, pointerSize, memory.header)),
    });
  }
  return places;
}

function pointerAt(view: DataView, offset: number, { littleEndian, pointerSize }: MachHeader): Address {
  if (pointerSize === 4) return view.getUint32(offset, littleEndian);
  const high = view.getInt32(offset + (littleEndian ? 4 : 0), littleEndian);
  return high * 2 ** 32 + view.getUint32(offset + (littleEndian ? 0 : 4), littleEndian);
}

/** Up to a NUL, a piece at a time, for a path may end right before memory that is not captured. */
function readText(memory: CoreMemory, address: Address): string {
  const piece = 32;
  const bytes: number[] = [];
  for (let done = 0; done < longestPath; done += piece) {
    const view = readCaptured(memory, address + done, piece);
    if (view === undefined) break;
    const part = new Uint8Array(view.buffer);
    const end = part.indexOf(0);
    bytes.push(...(end < 0 ? part : part.subarray(0, end)));
    if (end >= 0) break;
  }
  return textUpToNul(Uint8Array.from(bytes));
}

/** Images whose headers are captured; where they are not, a place says nothing of their sizes. */
export function readImages(memory: CoreMemory, places: readonly ImagePlace[]): LoadedImage[] {
  const images: LoadedImage[] = [];
  for (const place of places) {
    const image = isExactAddress(place.address) ? readImage(memory, place) : undefined;
    if (image !== undefined) images.push(image);
  }
  return images;
}

interface ReadImage extends LoadedImage {
  readonly sections: readonly { readonly name: string; readonly address: Address }[];
}

function readImage(memory: CoreMemory, place: ImagePlace, wantedType?: number): ReadImage | undefined {
  const start = readCaptured(memory, place.address, 28);
  const header = start && parseMachHeader(start);
  if (header === undefined || header.pointerSize !== memory.header.pointerSize) return undefined;
  if (wantedType !== undefined && header.fileType !== wantedType) return undefined;
  const size = header.size + Math.min(header.commandBytes, mostCommandBytes);
  const bytes = readCaptured(memory, place.address, size);
  if (bytes === undefined) return undefined;
  const source = memorySource(new Uint8Array(bytes.buffer));
  const reader = createBinaryReader(source, { littleEndian: header.littleEndian });
  const { commands } = readLoadCommands(reader, header.size, header.commandCount);
  const linked = commands.flatMap((command) => readSegment(reader, command, header.pointerSize).segment ?? []);
  // The header stands at the start of __TEXT: how far that moved, all did.
  const text = linked.find(({ name }) => name === '__TEXT');
  if (text === undefined) return undefined;
  const slide = place.address - text.start;
  const segments = linked
    .filter(
      ({ name, start: at, end }) => name !== '__PAGEZERO' && name !== '__LINKEDIT' && end - at <= largestImageSegment,
    )
    .map(({ name, start: at, end }) => ({ name, start: at + slide, end: end + slide }));
  // Only dyld's are asked for.
  const sections =
    wantedType === undefined ? [] : linked.flatMap((segment) => readSections(reader, segment, header, slide));
  return { ...place, isProgram: header.fileType === fileTypes.executable, segments, sections };
}

/** section and section_64: two names, then the address. */
function readSections(reader: BinaryReader, segment: Segment, { pointerSize }: MachHeader, slide: number) {
  const size = pointerSize === 8 ? 80 : 68;
  const count = Math.min(
    segment.sectionCount,
    Math.floor((Math.min(reader.end(), segment.sectionsEnd) - segment.sectionsAt) / size),
  );
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    reader.seek(segment.sectionsAt + index * size);
    const name = textUpToNul(reader.bytes(16, 'sectname'));
    reader.skip(16);
    return { name, address: (pointerSize === 8 ? reader.address64('addr') : reader.u32('addr')) + slide };
  });
}

/** Where an LC_NOTE of that owner has its data; undefined when the command is another. */
export function noteOffset(reader: BinaryReader, command: LoadCommand, owner: string): number | undefined {
  if (command.type !== 0x31 || command.size < 40) return undefined;
  reader.seek(command.offset + 8);
  if (textUpToNul(reader.bytes(16, 'data_owner')) !== owner) return undefined;
  return reader.u64('offset');
}
