// The one file in a .zip. Reference: PKWARE's APPNOTE.TXT, "General Format of a .ZIP file".
import { LeakvizError } from '../errors.ts';
import { type BinaryReader, createBinaryReader } from './binary-reader.ts';
import type { ByteSource } from './byte-source.ts';
import type { PackedPart, Unpack } from './packed-input.ts';
import { printablePath } from './system-error.ts';
import { unpackBzip2 } from './unpack-bzip2.ts';
import { unpackDeflate } from './unpack-gzip.ts';
import { unpackXz } from './unpack-xz.ts';
import { unpackZstd } from './unpack-zstd.ts';

/** By compression method. */
const methods: ReadonlyMap<number, Unpack> = new Map<number, Unpack>([
  [0, (pieces) => pieces],
  [8, unpackDeflate],
  [12, unpackBzip2],
  [93, unpackZstd],
  [95, unpackXz],
]);

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };
const encryptedFlag = 1;
const sizesFollowFlag = 8;
const endSize = 22;
const longestComment = 0xffff;
/** In a 16 or 32-bit field: the value stands in the 64-bit record. */
const elsewhere16 = 0xffff;
const elsewhere32 = 0xffffffff;

/** Names listed of an archive that holds too many. */
const mostNames = 8;
/** An archive of more files than this is no packed dump, whatever they are. */
const mostEntries = 1000;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packedSize: number;
  readonly unpackedSize: number;
  /** Of its local header. */
  readonly offset: number;
}

/**
 * Where the data of the archive's one file stands; folders and what macOS adds do not count. An archive that is cut
 * off has lost its directory: then its first file is taken. Throws LeakvizError: `unsupported-dump` (several files,
 * none, encrypted, a method leakviz does not know), `malformed-dump`.
 */
export function findZipMember(file: ByteSource, shown: string): PackedPart {
  const directory = findDirectory(file);
  if (directory === undefined) return firstMember(file, shown);
  const { count, offset } = directory;
  const files = readEntries(file, Math.min(count, mostEntries), offset).filter((entry) => isFile(entry.name));
  if (count > mostEntries || files.length !== 1) throw notOne(files, count, shown);
  const [entry] = files;
  const { start } = readLocalHeader(file, entry!.offset);
  return partOf(entry!, start, shown);
}

function partOf({ flags, method, packedSize, unpackedSize }: Entry, start: number, shown: string): PackedPart {
  if ((flags & encryptedFlag) !== 0) throw refused(`the file in ${shown} is encrypted`);
  const unpack = methods.get(method);
  if (unpack === undefined)
    throw refused(`the file in ${shown} is packed by method ${method}, which leakviz cannot unpack`);
  return { start, size: packedSize, unpack, unpackedSize, damage: undefined };
}

/** Without a directory: the archive is cut off, and so is its file, more often than not. */
function firstMember(file: ByteSource, shown: string): PackedPart {
  const { entry, start } = readLocalHeader(file, 0);
  const isSizeKnown = (entry.flags & sizesFollowFlag) === 0 && entry.packedSize !== elsewhere32;
  const size = isSizeKnown ? entry.packedSize : file.size - start;
  const part = partOf({ ...entry, packedSize: size }, start, shown);
  return { ...part, unpackedSize: undefined, damage: "the archive's directory is missing, so it is cut off" };
}

function isFile(name: string): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/');
}

function notOne(files: readonly Entry[], count: number, shown: string): LeakvizError {
  if (files.length === 0) return refused(`there is no file in the zip archive ${shown}`);
  const names = files.slice(0, mostNames).map(({ name }) => `'${name}'`);
  const more = count > files.slice(0, mostNames).length ? ', ...' : '';
  const number = count > mostEntries ? count : files.length;
  return refused(`the zip archive ${shown} holds ${number} files: ${names.join(', ')}${more}`);
}

function refused(message: string): LeakvizError {
  return new LeakvizError('unsupported-dump', message, { hint: 'Unpack it and name the dump inside.' });
}

interface Directory {
  readonly count: number;
  readonly offset: number;
}

/** The record at the end says where the directory stands; a comment may follow it. */
function findDirectory(file: ByteSource): Directory | undefined {
  const tailStart = Math.max(0, file.size - endSize - longestComment);
  const tail = new Uint8Array(file.size - tailStart);
  const view = new DataView(tail.buffer, 0, file.read(tailStart, tail));
  for (let at = view.byteLength - endSize; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== signatures.end) continue;
    if (at + endSize + view.getUint16(at + 20, true) > view.byteLength) continue;
    const count = view.getUint16(at + 10, true);
    const offset = view.getUint32(at + 16, true);
    const isElsewhere = count === elsewhere16 || offset === elsewhere32;
    const directory = isElsewhere ? findDirectory64(file, tailStart + at) : { count, offset };
    if (directory !== undefined && directory.offset < file.size) return directory;
  }
  return undefined;
}

/** ZIP64: right before the record at the end stands where its larger sibling is. */
function findDirectory64(file: ByteSource, end: number): Directory | undefined {
  if (end < 20) return undefined;
  const reader = createBinaryReader(file, { littleEndian: true });
  reader.seek(end - 20);
  if (reader.u32('locator') !== signatures.locator) return undefined;
  reader.skip(4);
  const at = reader.u64('offset of the ZIP64 end record');
  if (at + 56 > end) return undefined;
  reader.seek(at);
  if (reader.u32('ZIP64 end record') !== signatures.end64) return undefined;
  reader.seek(at + 32);
  const count = reader.u64('entries');
  reader.skip(8);
  return { count, offset: reader.u64('offset of the directory') };
}

function readEntries(file: ByteSource, count: number, offset: number): Entry[] {
  const reader = createBinaryReader(file, { littleEndian: true });
  reader.seek(offset);
  const entries: Entry[] = [];
  while (entries.length < count && reader.remaining() >= 46) {
    if (reader.u32('central header') !== signatures.central) break;
    entries.push(readEntry(reader));
  }
  return entries;
}

/** The fields from the flags on that both headers of a file have. */
function readCommonFields(reader: BinaryReader) {
  const flags = reader.u16('flags');
  const method = reader.u16('method');
  // Time, date and checksum.
  reader.skip(8);
  const packedSize = reader.u32('compressed size');
  const unpackedSize = reader.u32('uncompressed size');
  const nameSize = reader.u16('name length');
  const extraSize = reader.u16('extra length');
  return { flags, method, packedSize, unpackedSize, nameSize, extraSize };
}

function readEntry(reader: BinaryReader): Entry {
  // Versions of who made it and of who can read it.
  reader.skip(4);
  const { flags, method, packedSize, unpackedSize, nameSize, extraSize } = readCommonFields(reader);
  const commentSize = reader.u16('comment length');
  // Disk and attributes.
  reader.skip(8);
  const offset = reader.u32('local header');
  const name = nameOf(reader.bytes(nameSize, 'name'));
  const next = reader.offset() + extraSize + commentSize;
  const wide = readWideFields(reader, extraSize, [unpackedSize, packedSize, offset]);
  reader.seek(next);
  return { name, flags, method, unpackedSize: wide[0]!, packedSize: wide[1]!, offset: wide[2]! };
}

/** ZIP64's extra field has, in this order, those of the fields that did not fit their 32 bits. */
function readWideFields(reader: BinaryReader, extraSize: number, fields: readonly number[]): readonly number[] {
  const end = reader.offset() + extraSize;
  while (reader.offset() + 4 <= end) {
    const id = reader.u16('extra id');
    const size = reader.u16('extra size');
    const next = reader.offset() + size;
    if (id === 1 && next <= end) {
      return fields.map((value) => (value === elsewhere32 && reader.offset() + 8 <= next ? reader.u64('wide') : value));
    }
    reader.seek(next);
  }
  return fields;
}

/** The header that stands before a file's data; its name and extra field may differ from those in the directory. */
function readLocalHeader(file: ByteSource, offset: number): { readonly entry: Entry; readonly start: number } {
  const reader = createBinaryReader(file, { littleEndian: true });
  reader.seek(offset);
  if (reader.u32('local header') !== signatures.local) {
    throw new LeakvizError('malformed-dump', `no file of the zip archive stands at offset 0x${offset.toString(16)}`, {
      hint: 'The archive is damaged: copy it again from where it was made.',
    });
  }
  // Version of who can read it.
  reader.skip(2);
  const { flags, method, packedSize, unpackedSize, nameSize, extraSize } = readCommonFields(reader);
  const entry = { name: '', flags, method, packedSize, unpackedSize, offset };
  return { entry, start: reader.offset() + nameSize + extraSize };
}

const utf8 = new TextDecoder('utf-8');

/** Older archives use code pages for other than ASCII: such letters are of no use in a message. */
function nameOf(bytes: Uint8Array): string {
  return printablePath(utf8.decode(bytes));
}
