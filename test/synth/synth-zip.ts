import { deflateRawSync } from 'node:zlib';
import { createByteWriter } from './byte-writer.ts';

interface SynthEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** Compression method; 8 (deflate) unless given. */
  readonly method?: number;
  /** The data as it stands in the archive, for other methods than 0 and 8. */
  readonly packed?: Uint8Array;
  readonly flags?: number;
  /** Leaves sizes out of the local header and writes them behind the data. */
  readonly sizesFollow?: boolean;
  /** Writes sizes and offsets as ZIP64 does. */
  readonly isWide?: boolean;
  /** Of the unpacked data, where it is not true. */
  readonly declaredSize?: number;
}

/** A .zip archive by APPNOTE.TXT. Checksums are left zero. */
export function writeZip(entries: readonly SynthEntry[], { comment = '' } = {}): Buffer {
  const file = createByteWriter();
  const offsets = entries.map((entry) => {
    const offset = file.offset();
    writeLocal(file, entry);
    return offset;
  });
  const directory = file.offset();
  for (const [index, entry] of entries.entries()) writeCentral(file, entry, offsets[index]!);
  const size = file.offset() - directory;
  const isWide = entries.some((entry) => entry.isWide);
  if (isWide) writeWideEnd(file, entries.length, size, directory);
  file.u32(0x06054b50);
  file.u32(0);
  for (let times = 0; times < 2; times += 1) file.u16(isWide ? 0xffff : entries.length);
  file.u32(size);
  file.u32(isWide ? 0xffffffff : directory);
  file.u16(comment.length);
  file.text(comment);
  return Buffer.from(file.toBytes());
}

type Writer = ReturnType<typeof createByteWriter>;

function packedBytes({ method = 8, packed, content }: SynthEntry): Uint8Array {
  if (packed !== undefined) return packed;
  return method === 8 ? deflateRawSync(content) : content;
}

function writeLocal(file: Writer, entry: SynthEntry): void {
  const data = packedBytes(entry);
  const size = entry.declaredSize ?? entry.content.length;
  file.u32(0x04034b50);
  writeHead(file, entry, entry.sizesFollow || entry.isWide ? [0, 0] : [data.length, size]);
  file.u16(5);
  file.text(entry.name);
  // An extra field that only the local header has.
  file.bytes(Uint8Array.of(0x99, 0x99, 1, 0, 7));
  file.bytes(data);
  if (!entry.sizesFollow) return;
  file.u32(0x08074b50);
  file.u32(0);
  file.u32(data.length);
  file.u32(size);
}

/** From `version needed` to the name's length. */
function writeHead(file: Writer, entry: SynthEntry, [packedSize, size]: readonly [number, number]): void {
  file.u16(20);
  file.u16((entry.flags ?? 0) | (entry.sizesFollow ? 8 : 0));
  file.u16(entry.method ?? 8);
  file.zeros(8);
  file.u32(packedSize);
  file.u32(size);
  file.u16(entry.name.length);
}

function writeCentral(file: Writer, entry: SynthEntry, offset: number): void {
  const packedSize = packedBytes(entry).length;
  const size = entry.declaredSize ?? entry.content.length;
  file.u32(0x02014b50);
  file.u16(20);
  writeHead(file, entry, entry.isWide ? [0xffffffff, 0xffffffff] : [packedSize, size]);
  file.u16(entry.isWide ? 28 : 0);
  file.zeros(10);
  file.u32(entry.isWide ? 0xffffffff : offset);
  file.text(entry.name);
  if (!entry.isWide) return;
  file.u16(1);
  file.u16(24);
  for (const value of [size, packedSize, offset]) file.u64(value);
}

function writeWideEnd(file: Writer, count: number, size: number, directory: number): void {
  const at = file.offset();
  file.u32(0x06064b50);
  file.u64(44);
  file.zeros(12);
  for (const value of [count, count, size, directory]) file.u64(value);
  file.u32(0x07064b50);
  file.u32(0);
  file.u64(at);
  file.u32(1);
}
