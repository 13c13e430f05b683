import type { ByteSource } from './byte-source.ts';
import type { PackedPart, Unpack } from './packed-input.ts';

/** Tells which part of a file is to be unpacked, and how. `shown` is the file's name for messages. Throws LeakvizError. */
export type FindPart = (file: ByteSource, shown: string) => PackedPart;

/** One way to pack a file. To add one: a function, and a line in the list. */
export interface Compression {
  readonly id: string;
  /** First bytes of such a file; null where any byte may stand. */
  readonly magic: readonly (number | null)[];
  /** Without this leakviz knows it by sight only. Most files are not packed: unpackers are imported here. */
  readonly load?: () => Promise<FindPart>;
}

/** All compressions. No two have the same first bytes, so their order is of no matter. */
export const compressions = [
  { id: 'gzip', magic: [0x1f, 0x8b, 0x08], load: async () => wholeFile((await import('./unpack-gzip.ts')).unpackGzip) },
  {
    id: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    load: async () => wholeFile((await import('./unpack-zstd.ts')).unpackZstd),
  },
  {
    id: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    load: async () => wholeFile((await import('./unpack-xz.ts')).unpackXz),
  },
  {
    id: 'lz4',
    magic: [0x04, 0x22, 0x4d, 0x18],
    load: async () => wholeFile((await import('./unpack-lz4.ts')).unpackLz4),
  },
  {
    id: 'bzip2',
    // The block that follows the header begins with the digits of pi.
    magic: [0x42, 0x5a, 0x68, null, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
    load: async () => wholeFile((await import('./unpack-bzip2.ts')).unpackBzip2),
  },
  { id: 'zip', magic: [0x50, 0x4b, 0x03, 0x04], load: async () => (await import('./zip-member.ts')).findZipMember },
  { id: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { id: 'cab', magic: [0x4d, 0x53, 0x43, 0x46, 0, 0, 0, 0] },
] as const satisfies readonly Compression[];

function wholeFile(unpack: Unpack): FindPart {
  return ({ size }) => ({ start: 0, size, unpack, unpackedSize: undefined, damage: undefined });
}

export type CompressionId = (typeof compressions)[number]['id'];

/** The compression of a file that begins with `head`; undefined for files that are not packed. */
export function findCompression(head: Uint8Array): Compression | undefined {
  const known: readonly Compression[] = compressions;
  return known.find(({ magic }) => magic.every((byte, index) => byte === null || head[index] === byte));
}
