import type { ByteSource } from './byte-source.ts';
import type { PackedPart, Unpack } from './packed-input.ts';
import { unpackBzip2 } from './unpack-bzip2.ts';
import { unpackGzip } from './unpack-gzip.ts';
import { unpackLz4 } from './unpack-lz4.ts';
import { unpackXz } from './unpack-xz.ts';
import { unpackZstd } from './unpack-zstd.ts';
import { findZipMember } from './zip-member.ts';

/** One way to pack a file. To add one: a function, and a line in the list. */
export interface Compression {
  readonly id: string;
  /** First bytes of such a file; null where any byte may stand. */
  readonly magic: readonly (number | null)[];
  /** For files that are packed as a whole. Without this and `findMember` leakviz knows it by sight only. */
  readonly unpack?: Unpack;
  /** For archives: the one file in it. `shown` is the archive's name for messages. Throws LeakvizError. */
  readonly findMember?: (file: ByteSource, shown: string) => PackedPart;
}

/** All compressions. No two have the same first bytes, so their order is of no matter. */
export const compressions = [
  { id: 'gzip', magic: [0x1f, 0x8b, 0x08], unpack: unpackGzip },
  { id: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unpackZstd },
  { id: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: unpackXz },
  { id: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], unpack: unpackLz4 },
  // The block that follows the header begins with the digits of pi.
  { id: 'bzip2', magic: [0x42, 0x5a, 0x68, null, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], unpack: unpackBzip2 },
  { id: 'zip', magic: [0x50, 0x4b, 0x03, 0x04], findMember: findZipMember },
  { id: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { id: 'cab', magic: [0x4d, 0x53, 0x43, 0x46, 0, 0, 0, 0] },
] as const satisfies readonly Compression[];

export type CompressionId = (typeof compressions)[number]['id'];

/** The compression of a file that begins with `head`; undefined for files that are not packed. */
export function findCompression(head: Uint8Array): Compression | undefined {
  const known: readonly Compression[] = compressions;
  return known.find(({ magic }) => magic.every((byte, index) => byte === null || head[index] === byte));
}
